import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe } from '@candlewatch/server/http/openapi'
import openapiTS, { astToString } from 'openapi-typescript'
import { expect, onTestFinished, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly enum?: readonly unknown[]
}

interface Document {
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

const document = describe() as unknown as Document

test('every operation has an id of its own, and there is a server to call', () => {
  const ids = Object.values(document.paths).flatMap(calls => Object.values(calls).map(({ operationId }) => operationId))
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^[a-z]+[A-Za-z]*$/)
  expect(document.servers.map(({ url }) => url)).toEqual(['/'])
})

test('objects and enumerations are schemas with a name, so that no generator has to invent one', () => {
  const unnamed: string[] = []
  const look = (value: unknown, path: string, isNamed: boolean): void => {
    if (typeof value !== 'object' || value === null) return
    const { properties, enum: values, type } = value as Schema
    if (!isNamed && ((type === 'object' && properties) || values)) unnamed.push(path)
    for (const [key, part] of Object.entries(value)) {
      if (key !== 'example' && key !== 'examples') look(part, `${path}/${key}`, false)
    }
  }
  for (const [name, schema] of Object.entries(document.components.schemas)) look(schema, name, true)
  look(document.paths, 'paths', false)
  expect(unnamed).toEqual([])
})

test('the client of openapi-typescript compiles and has the types of the contract', async () => {
  const client = astToString(await openapiTS(JSON.stringify(document), { immutable: true }))
  // Within the repository, so that the contract's types are found.
  const folder = join(root, 'node_modules/.cache/openapi-client')
  mkdirSync(folder, { recursive: true })
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'client.ts'), client)
  writeFileSync(join(folder, 'use.ts'), use)
  const compilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023', 'dom'],
    types: [],
    customConditions: ['source'],
    allowImportingTsExtensions: true,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  expect(spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout).toBe('')
})

/** Compiles only if the types of the client are those of the contract. */
const use = `
import type { StreamEvent } from '@candlewatch/api/events'
import type { AnswerOf, AskedOf, RouteName } from '@candlewatch/api/routes'
import type { components, operations } from './client.ts'

type Schemas = components['schemas']
type Content<T> = T extends { content: { 'application/json': infer Body } } ? Body : never
type Answered<Name extends keyof operations> = Content<operations[Name]['responses'][200 & keyof operations[Name]['responses']]>
declare function answer<Name extends RouteName>(name: Name): AnswerOf<Name>
declare const event: StreamEvent

const verdicts: Answered<'getVerdicts'> = answer('GET /api/verdicts')
const bars: Answered<'getBars'> = answer('GET /api/bars')
const detail: Answered<'getModel'> = answer('GET /api/models/:id')
const feeds: Schemas['FeedList'] = answer('GET /api/feeds')
const coverage: Schemas['CoverageList'] = answer('GET /api/coverage')
const rehearsal: Schemas['Rehearsal'] = answer('GET /api/rehearsal')
const training: Schemas['TrainingAndOutlook'] = answer('GET /api/training')
const replay: Schemas['Replay'] = answer('GET /api/replays/:id')
const streamed: Schemas['StreamEvent'] = event
const label: AskedOf<'POST /api/labels'>['body'] = {} as Schemas['LabelInput']
const change: AskedOf<'PATCH /api/replays/:id'>['body'] = {} as Schemas['ReplayChange']
export const all = [verdicts, bars, detail, feeds, coverage, rehearsal, training, replay, streamed, label, change]
`

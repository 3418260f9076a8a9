import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8')
const { scripts, engines } = JSON.parse(read('package.json'))

interface Job {
  readonly 'timeout-minutes': number
  readonly strategy?: { readonly matrix: { readonly node: readonly number[] } }
  readonly steps: readonly { readonly run?: string; readonly uses?: string }[]
}
const jobs: Readonly<Record<string, Job>> = parse(read('.github/workflows/ci.yml')).jobs
const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []))

/** The npm scripts that a shell text calls. */
function scriptsIn(text: string): string[] {
  return [...text.matchAll(/\bnpm (?:run (?:--silent )?)?(test|[a-z]+:[a-z]+|(?<=run (?:--silent )?)[a-z]+)/g)].flatMap(
    ([, name]) => name ?? [],
  )
}

describe('the workflow', () => {
  it('runs .ci/run on Linux with every supported Node, and the tests on macOS', () => {
    expect(jobs.linux?.strategy?.matrix.node).toEqual([20, 22, 24])
    expect(jobs.linux?.steps.map(({ run }) => run)).toContain('.ci/run')
    expect(jobs.macos?.steps.map(({ run }) => run)).toContain('npm test')
    expect(engines.node).toBe('>=20.19')
  })

  it('the version for developers and macOS is that of the image, and one of those tested', () => {
    const version = read('.nvmrc').trim()
    const images = [...read('deploy/Dockerfile').matchAll(/^FROM node:(\S+)/gm)].map(([, tag]) => tag)
    expect(new Set(images)).toEqual(new Set([`${version}-bookworm-slim`]))
    expect(jobs.linux?.strategy?.matrix.node).toContain(Number.parseInt(version, 10))
  })

  it('ends a job that hangs', () => {
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(60)
  })

  it('calls only scripts that exist', () => {
    const called = [...commands, read('.ci/run'), ...Object.values<string>(scripts)].flatMap(scriptsIn)
    expect(called).toContain('test')
    expect(called).toContain('notebooks')
    for (const name of called) expect(scripts).toHaveProperty([name])
    for (const command of commands.filter(text => text.startsWith('.'))) expect(existsSync(root + command)).toBe(true)
  })
})

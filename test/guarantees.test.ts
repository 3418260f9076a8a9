import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const guarantees = read('docs/guarantees.md')

test('every file that docs/guarantees.md names exists', () => {
  const named = [...guarantees.matchAll(/`([\w./-]+\.ts)`/g)].map(([, path]) => path ?? '')
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter(path => !existsSync(new URL(`../${path}`, import.meta.url)))).toEqual([])
})

test('every attack that docs/guarantees.md names exists, and every attack is named', () => {
  const [, list = ''] = /const scenarios[^{]*\{\n(.*?)\n\}/s.exec(read('bench/src/attack.ts')) ?? []
  const attacks = [...list.matchAll(/^ {2}'?([\w-]+)'?:/gm)].map(([, name]) => name)
  expect(attacks.length).toBeGreaterThan(10)
  const named = [...guarantees.matchAll(/attack ((?:`[\w-]+`(?:, )?)+)/g)].flatMap(([, names]) => [
    ...(names ?? '').matchAll(/`([\w-]+)`/g),
  ])
  expect(new Set(named.map(([, name]) => name))).toEqual(new Set(attacks))
})

import { expect, test } from 'vitest'
import { jsonText } from './json-text.ts'

const long = Array.from({ length: 1_001 }, (_, i) => ({ i, text: `"${i}"`, none: undefined }))

test.each([
  ['null', null],
  ['a number', 5],
  ['an object', { a: 1, b: undefined, c: [1, 2], d: null }],
  ['a long array', long],
  ['long arrays in an object', { before: 1, long, left: undefined, 'a "name"': long, after: [] }],
  ['an array with holes', Array(300).fill(undefined)],
])('%s is written as JSON.stringify writes it', async (_what, value) => {
  expect(await jsonText(value)).toBe(JSON.stringify(value))
})

test('other work gets its turn while a long array is written', async () => {
  let turns = 0
  const count = setInterval(() => turns++, 0)
  await jsonText({ rows: Array(100_000).fill({ a: 1, b: [1, 2, 3] }) })
  clearInterval(count)
  expect(turns).toBeGreaterThan(3)
})

import { expect, test } from 'vitest'
import { fieldOf, momentOf } from './zone.ts'

const noon = Date.parse('2021-05-19T12:00:00Z')

test('a field shows a time in the chosen zone, and is read in the same zone', () => {
  expect(fieldOf(noon, 'utc')).toBe('2021-05-19T12:00')
  for (const zone of ['utc', 'local'] as const) expect(momentOf(fieldOf(noon, zone), zone)).toBe(noon)
})

test('an empty field has no value', () => {
  expect(momentOf('', 'utc')).toBeNull()
  expect(momentOf('', 'local')).toBeNull()
})

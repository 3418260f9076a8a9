import { expect, test } from 'vitest'
import { fieldOf, momentOf } from './zone.ts'

const noon = Date.parse('2021-05-19T12:00:00Z')

test('a field shows the moment on the chosen clock, and says it back', () => {
  expect(fieldOf(noon, 'utc')).toBe('2021-05-19T12:00')
  for (const zone of ['utc', 'local'] as const) expect(momentOf(fieldOf(noon, zone), zone)).toBe(noon)
})

test('a field that is not filled in says nothing', () => {
  expect(momentOf('', 'utc')).toBeNull()
  expect(momentOf('', 'local')).toBeNull()
})

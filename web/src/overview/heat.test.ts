import { expect, test } from 'vitest'
import { heatOf } from './heat.ts'

test('a Wednesday afternoon and a Sunday night', () => {
  const heat = heatOf([Date.parse('2021-05-19T13:30:00Z'), Date.parse('2021-05-23T00:00:00Z')], 'utc')
  expect(heat[2]![13]).toBe(1)
  expect(heat[6]![0]).toBe(1)
  expect(heat.flat().reduce((sum, count) => sum + count)).toBe(2)
})

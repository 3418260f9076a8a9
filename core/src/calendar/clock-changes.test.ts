import { expect, it } from 'vitest'
import { clocksChanged } from './clock-changes.ts'

const at = (date: string) => Date.parse(date)

it.each([
  ['2024-03-11T13:00Z', true],
  ['2024-03-08T13:00Z', false],
  ['2024-11-04T14:00Z', true],
  ['2024-10-28T08:00Z', true],
  ['2024-06-03T13:00Z', false],
  ['2025-01-06T14:00Z', false],
])('in the week before %s clocks changed somewhere: %s', (date, changed) => {
  expect(clocksChanged(at(date) - 64 * 3_600_000, at(date))).toBe(changed)
})

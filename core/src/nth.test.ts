import { expect, test } from 'vitest'
import { first, known, nth } from './nth.ts'

test('the i-th value, and an error beyond the last', () => {
  expect([nth([7, 8], 1), nth(Float64Array.of(3), 0)]).toEqual([8, 3])
  expect(() => nth([7, 8], 2)).toThrow('Expected a place below 2, found 2.')
  expect(() => nth([], -1)).toThrow(RangeError)
})

test('a known value may be 0 or empty, and an unknown one is an error', () => {
  expect([known(0), known('')]).toEqual([0, ''])
  expect(() => known(null)).toThrow(RangeError)
})

test('the first values as a tuple, and an error if there are too few', () => {
  const [a, b] = first(Float64Array.of(1, 2, 3), 2)
  expect([a, b]).toEqual([1, 2])
  expect(() => first([1], 2)).toThrow('Expected at least 2 values, found 1.')
})

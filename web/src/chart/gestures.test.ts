// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { pinched } from './gestures.ts'

test('spreading from 100 pixels to 200 around the middle halves the time shown', () => {
  expect(pinched([0, 1_000], [450, 550], [400, 600], 1_000)).toEqual([250, 750])
})

test('two fingers that move together move the chart', () => {
  expect(pinched([0, 1_000], [400, 600], [450, 650], 1_000)).toEqual([-50, 950])
})

test('one finger holds its time while the other moves', () => {
  expect(pinched([0, 1_000], [0, 500], [0, 250], 1_000)).toEqual([0, 2_000])
})

test('fingers that touch each other or change sides do nothing', () => {
  expect(pinched([0, 1_000], [450, 550], [500, 510], 1_000)).toBeNull()
  expect(pinched([0, 1_000], [450, 550], [600, 400], 1_000)).toBeNull()
})

import { expect, it } from 'vitest'
import { nth } from '../nth.ts'
import { FittingWindow, fitted } from './fitted.ts'

const options = { windowRows: 8, refitRows: 4, firstRows: 3 }

/** After each of `count` rows: the number of the fit, and its first and last row. */
function fitsOf(count: number) {
  const window = new FittingWindow(options)
  return Array.from({ length: count }, (_, i) => {
    window.push([i, -i])
    if (window.fitting === 0) return null
    const { values, count: rows } = window.rows()
    return [window.fitting, values[0], values[2 * rows - 2]]
  })
}

it('a fit is due at the first rows and after every four more, and sees the last eight up to there', () => {
  expect(fitsOf(16)).toEqual([
    null,
    null,
    ...Array(4).fill([1, 0, 2]),
    ...Array(4).fill([2, 0, 6]),
    ...Array(4).fill([3, 3, 10]),
    ...Array(2).fill([4, 7, 14]),
  ])
})

it('what is fitted depends on the rows alone: not on who asked before, nor on a restart', () => {
  const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0)
  const make = () =>
    fitted(
      'sum',
      ({ values }, fitting) =>
        features =>
          nth(features, 0) - sum(values) + fitting,
      options,
    )
  const [quiet, asked, resumed] = [make(), make(), make()]
  for (let i = 0; i < 13; i++) {
    for (const one of [quiet, asked]) one.learn([i])
    asked.score([i])
  }
  resumed.load(asked.save())
  // Rows 3 to 10 make 52; it is the third fit.
  for (const one of [quiet, asked, resumed]) expect(one.score([100])).toBe(100 - 52 + 3)
})

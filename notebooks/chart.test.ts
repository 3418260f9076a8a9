import assert from 'node:assert/strict'
import test from 'node:test'
import { makeScale, niceStep, numberText } from './axis.ts'
import { chart, histogram, line, rule, thinned } from './chart.ts'
import { outputOf } from './show.ts'

test('a step is 1, 2 or 5 times a power of ten', () => {
  assert.deepEqual([0.3, 1, 1.2, 3, 7].map(niceStep), [0.5, 1, 2, 5, 10])
})

test('a log axis puts equal ratios at equal distances', () => {
  const { pixel } = makeScale({ label: '', kind: 'log' }, [1, 100], 0, 200)
  assert.deepEqual([1, 10, 100].map(pixel), [0, 100, 200])
})

test('months are named at their first hour, and a January with its year', () => {
  const axis = { label: '', kind: 'time' } as const
  const { ticks } = makeScale(axis, [Date.UTC(2020, 10, 15), Date.UTC(2021, 2, 15)], 0, 700)
  assert.deepEqual(
    ticks.map(tick => tick.text),
    ['Dec', 'Jan 2021', 'Feb', 'Mar'],
  )
})

test('numbers are written as a reader would', () => {
  assert.deepEqual([0, 0.05, 1234.5, 30_000].map(numberText), ['0', '0.05', '1,234.5', '30,000'])
})

test('shares of a histogram sum to one, what lies outside counted at the ends', () => {
  const mark = histogram([-9, 0.1, 0.2, 9], { from: -1, to: 1, count: 2 })
  assert.deepEqual(mark.kind === 'bars' && mark.points, [
    [-0.5, 0.25],
    [0.5, 0.75],
  ])
})

test('thinning keeps the one spike of a long line', () => {
  const points = Array.from({ length: 20_000 }, (_, i): [number, number] => [i, i === 7_777 ? 1 : 0])
  const kept = thinned(points, makeScale({ label: '' }, [0, 20_000], 0, 700))
  assert.ok(kept.length < 1_500)
  assert.ok(kept.some(([x, y]) => x === 7_777 && y === 1))
})

test('the same chart is the same text; a label cannot break out of it', () => {
  const draw = () =>
    chart({ title: 'a < b & c', x: { label: 'hour' }, y: { label: 'USD' } }, [
      line([
        [0, 1],
        [1, 3],
      ]),
      rule(2, { name: 'limit' }),
    ])
  assert.equal(draw(), draw())
  assert.match(draw(), /<title>a &lt; b &amp; c\. Across: hour\. Up: USD\.<\/title>/)
  assert.doesNotMatch(draw(), /NaN|undefined|Infinity/)
})

test('a notebook gets the picture, and a terminal its title', () => {
  const output = outputOf(chart({ title: 'nothing yet', x: { label: 'x' }, y: { label: 'y' } }, [rule(1)]))
  assert.equal(output['text/plain'], 'nothing yet. Across: x. Up: y.')
  assert.match(output['image/svg+xml'] ?? '', /^<svg/)
})

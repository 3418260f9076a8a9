import { expect, test } from 'vitest'
import { table } from './table.ts'

const line = { what: 'first chart', unit: 'ms', mark: 1_000, ours: [900, 800, 1_200], peers: [[450], null] } as const

test('medians, the worst beside them, and how they stand to the peers', () => {
  const [head, first] = table([line], ['Plotly', 'other']).split('\n')
  expect(head!.split(/ {2,}/)).toEqual(['measured', 'mark', 'Candlewatch', 'Plotly', 'ratio', 'other', 'ratio'])
  expect(first!.split(/ {2,}/)).toEqual(['first chart, ms', '< 1000', '900 (1200)', 'reached', '450', '2.00', '–', '–'])
})

test('a mark for every frame is missed by the worst alone', () => {
  expect(table([{ ...line, always: true }], ['Plotly', 'other'])).toContain('not reached')
})

test('a line that promises nothing says nothing of a mark', () => {
  expect(table([{ ...line, mark: null }], ['Plotly', 'other'])).not.toContain('reached')
})

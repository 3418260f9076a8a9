import { expect, test } from 'vitest'
import { table } from './table.ts'

const line = { what: 'first chart', unit: 'ms', mark: 1_000, ours: [900, 800, 1_200], peers: [[450], null] } as const

test('the table shows medians, the worst values, and the ratios to the peers', () => {
  const [head, first] = table([line], ['Plotly', 'other']).split('\n')
  expect(head!.split(/ {2,}/)).toEqual(['measured', 'mark', 'Candlewatch', 'Plotly', 'ratio', 'other', 'ratio'])
  expect(first!.split(/ {2,}/)).toEqual(['first chart, ms', '< 1000', '900 (1200)', 'reached', '450', '2.00', '–', '–'])
})

test('a target for every frame is missed by the worst value alone', () => {
  expect(table([{ ...line, always: true }], ['Plotly', 'other'])).toContain('not reached')
})

test('a line without a target shows none', () => {
  expect(table([{ ...line, mark: null }], ['Plotly', 'other'])).not.toContain('reached')
})

import type { Manifest } from '@candlewatch/core/forecast/artifact'
import { describe, expect, it } from 'vitest'
import { reportCard, toJson } from './card.ts'
import { toHtml } from './html.ts'
import type { JudgedRow } from './judged-rows.ts'
import { syntheticHours } from './rehearsal.suite.ts'
import { toMarkdown, toText } from './text.ts'

const series = syntheticHours(2)
const { market } = series
const hourMs = 3_600_000
const start = Date.UTC(2020, 11, 31, 22)

const price = { actual: 104, lower: 95, upper: 105, expected: { engine: 100, model: 100, naive: 102, lastClose: 99 } }
const rows = Array.from(
  { length: 4 },
  (_, i): JudgedRow => ({
    openMs: start + i * hourMs,
    by: 'model',
    high: price,
    low: price,
  }),
)

function cardOf(trainedTo: string, trainedOn: string = market) {
  const losses = [{ epoch: 1, training: 0.3, validation: 0.2 }]
  const training = { from: '2018-05-15T06:00:00Z', to: trainedTo, losses }
  const manifest = {
    name: 'btc-usd-1h',
    version: '<1>',
    market: trainedOn,
    interval: '1h',
    network: { members: 1 },
    training,
  }
  return reportCard(series, manifest as unknown as Manifest, { rows, unjudged: 1 }, [])
}

describe('report card', () => {
  it('with rows that the model was trained on every output says how many, and that the figures are too good', () => {
    const card = cardOf('2020-12-31T23:00:00Z')
    expect(card.warnings).toHaveLength(1)
    expect(card.warnings[0]).toMatch(/^2 of 4 rows are not after .*too good/)
    expect(toText(card)).toContain('WARNING: 2 of 4 rows')
    expect(toMarkdown(card)).toContain('**Warning:** 2 of 4 rows')
    expect(toHtml(card)).toContain('<p class="warning">2 of 4 rows')
    expect(JSON.parse(toJson(card)).warnings).toEqual(card.warnings)
  })

  it('rows of another market than the training gives a note with both markets', () => {
    expect(cardOf('2020-12-31T21:00:00Z', 'bitstamp:ETH-USD').warnings).toEqual([
      `The model was trained on bitstamp:ETH-USD; these rows come from ${market}.`,
    ])
  })

  it('later rows of the same market give no warning; the range is from the first open to the last close', () => {
    const card = cardOf('2020-12-31T21:00:00Z')
    expect(card.warnings).toEqual([])
    expect(card).toMatchObject({ from: '2020-12-31T22:00:00Z', to: '2021-01-01T02:00:00Z', rows: 4, unjudged: 1 })
    expect(card.byPeriod.map(({ period }) => period)).toEqual(['2020', '2021'])
  })

  it('names in the page are escaped', () => {
    expect(toHtml(cardOf('2020-12-31T21:00:00Z'))).toContain('&lt;1&gt;')
  })
})

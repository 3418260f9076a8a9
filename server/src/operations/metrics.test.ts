import { EpisodeTracker } from '@candlewatch/core/decide/episodes'
import type { Verdict } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { makeMetrics } from './metrics.ts'
import { makeStreamLabels } from './stream-labels.ts'

const hour = 3_600_000
const price = { expected: 100, lower: 90, upper: 110, model: 99, baseline: 104, actual: 100, absoluteError: 0 }
const skill = { by: 'model', bars: 800, modelPercent: 1, naivePercent: 2, because: '' } as const
const usual = {
  market: 'a:b',
  interval: '1h',
  ts: 0,
  status: 'normal',
  lane: null,
  isAnomaly: false,
  pValue: 0.03,
  skill,
  high: price,
  low: price,
  detectors: [],
} as unknown as Verdict

async function seriesOf(verdicts: readonly Partial<Verdict>[]): Promise<Map<string, number>> {
  const metrics = makeMetrics()
  const episodes = new EpisodeTracker()
  for (const one of verdicts) {
    const verdict = { ...usual, ...one } as Verdict
    metrics.judged({ verdict, episodes: episodes.next(verdict) })
  }
  const lines = (await metrics.registry.metrics()).split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

test('a bar counts with its verdict, hour, p-value, both errors and driver', async () => {
  const series = await seriesOf([{}])
  const of = 'market="a:b",interval="1h"'
  expect(series.get(`candlewatch_verdicts_total{${of},status="normal",lane="none"}`)).toBe(1)
  expect(series.get(`candlewatch_judged_seconds_total{${of}}`)).toBe(3_600)
  expect(series.get('candlewatch_p_value_bucket{le="0.01"}')).toBe(0)
  expect(series.get('candlewatch_p_value_bucket{le="0.05"}')).toBe(1)
  // |99 − 100| / 100 and |104 − 100| / 100, by hand.
  expect(series.get(`candlewatch_forecast_error_ratio_sum{${of},price="high",by="model"}`)).toBeCloseTo(0.01)
  expect(series.get(`candlewatch_forecast_error_ratio_sum{${of},price="low",by="naive"}`)).toBeCloseTo(0.04)
  expect(series.get(`candlewatch_model_drives{${of}}`)).toBe(1)
})

test('alarms within six hours of one another are one episode', async () => {
  const alarm = { status: 'anomaly', lane: 'market', isAnomaly: true } as const
  const at = (hours: number) => ({ ...alarm, ts: (hours * hour) as Verdict['ts'] })
  const series = await seriesOf([at(0), at(6), at(12), at(19)])
  expect(series.get('candlewatch_episodes_total{market="a:b",interval="1h"}')).toBe(2)
})

test('a warm-up bar has no p-value, and a feed fault none of the market, so neither is counted', async () => {
  const silent = { status: 'warming-up', pValue: null, skill: null, high: null, low: null } as const
  const series = await seriesOf([silent, { status: 'feed-fault', lane: 'feed' }])
  expect(series.get('candlewatch_p_value_count')).toBe(0)
})

test('markets beyond the twentieth share the label other', () => {
  const labelsOf = makeStreamLabels()
  const of = (i: number) => labelsOf({ market: `a:m${i}`, interval: '1h' }).market
  expect(Array.from({ length: 30 }, (_, i) => of(i)).filter(market => market === 'other')).toHaveLength(10)
  expect(of(0)).toBe('a:m0')
})

test('an unknown method does not get a label of its own', async () => {
  const metrics = makeMetrics()
  metrics.requested({ method: 'BREW', route: 'none', status: 404, seconds: 0.1 })
  expect(await metrics.registry.metrics()).toContain('route="none",method="other",status="4xx"')
})

import { detectorIds } from '@candlewatch/core/detectors/registry'
import { injectionKinds } from '@candlewatch/core/eval/inject-kinds'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import type { Ms, Series } from '@candlewatch/core/types'
import { beforeAll, describe, expect, it } from 'vitest'
import { judgeRows } from '../report/judged-rows.ts'
import { steadyModel } from '../report/rehearsal.suite.ts'
import { detect } from './detect.ts'
import type { DetectionReport } from './detection-report.ts'
import { Scorer } from './scores.ts'

const hourMs = 3_600_000 as Ms
const from = Date.UTC(2021, 0, 1) as Ms
const judgedFrom = Date.UTC(2021, 2, 1)
const { series, anomalies } = syntheticYear({ from, to: Date.UTC(2021, 4, 1) as Ms, seed: 3 })
const events = anomalies
  .filter(({ ts }) => ts > judgedFrom)
  .map(({ ts, kind }) => ({ startMs: ts - hourMs, endMs: ts as number, tier: 1, label: kind }))
const before = { startMs: from, endMs: from + hourMs, tier: 1, label: 'before the range' }

async function report(of: Series, labelled: boolean, to = Number.POSITIVE_INFINITY): Promise<DetectionReport> {
  const model = steadyModel()
  const { verdicts } = await judgeRows(of, model, { from: judgedFrom, to })
  const labels = labelled ? { file: 'made-up.csv', events: [before, ...events] } : null
  return detect(of, model, verdicts, { alarmsPerWeek: 1, labels, warmUpBars: 5_000 })
}

describe('detection', () => {
  let found: DetectionReport
  beforeAll(async () => {
    found = await report(series, true)
  })

  it('every detector is listed, and most find the large moves injected into the rows', () => {
    expect(Object.keys(found.detectors)).toEqual(['engine', ...detectorIds])
    expect(found.labels).toMatchObject({ file: 'made-up.csv', judged: events.length, tier1: events.length, leftOut: 1 })
    expect(events.length).toBeGreaterThan(2)
    for (const id of ['residual', 'move']) {
      expect(found.detectors[id]?.recall).toBeGreaterThan(0.5)
      expect(found.detectors[id]?.averagePrecision).toBeGreaterThan(0.5)
    }
  })

  it('episodes, months and rates count the same alarms', () => {
    const months = Object.values(found.rateByMonth)
    expect(Object.keys(found.rateByMonth)).toEqual(['2021-03', '2021-04'])
    expect(found.episodes).toHaveLength(found.alarms)
    expect(months.reduce((sum, month) => sum + month.episodes, 0)).toBe(found.alarms)
    expect(months[0]).toMatchObject({ bars: 744, promisedPerWeek: 1 })
    expect(found.alarmsPerWeek).toBeCloseTo((found.alarms * 168) / (61 * 24), 10)
    expect(found.realisedOverPromised).toBe(found.alarmsPerWeek)
    const matched = found.episodes.filter(episode => episode.matched !== null)
    expect(matched.length / found.alarms).toBe(found.precision)
    expect(found.detectors.engine).toMatchObject({ episodes: found.alarms, recall: found.recall })
  })

  it('the size of an episode is that of its peak bar', () => {
    const { peak, movePercent, rangePercent } = found.episodes[0]!
    const bar = series.bars.find(({ ts }) => ts - hourMs === Date.parse(peak))!
    expect(rangePercent).toBeCloseTo(100 * (bar.high / bar.low - 1), 8)
    expect(Math.abs(movePercent!)).toBeGreaterThan(0.5)
  })

  it('every kind of fault was injected and tenfold prices are found; the figures in the JSON are those of the feed', () => {
    expect(Object.keys(found.injections)).toEqual(injectionKinds)
    expect(found.injections).toEqual(found.detectors.feed?.injections)
    // Rows whose price and volume know of one another: what moves one of them alone is found.
    for (const kind of ['volume spike', 'flat line', 'bad tick'] as const) {
      expect(found.injections[kind].recallAt001).toBeGreaterThan(0.5)
    }
    const { spike } = found.detectors.residual!.injections!
    expect(spike.injected).toBe(14)
    expect(spike.withoutCrashes.recallAt001).toBeGreaterThanOrEqual(spike.recallAt001!)
    expect(spike.withoutCrashes.averagePrecision).toBeGreaterThan(0.5)
  })

  it('the engine itself reports a tenfold price and a flat feed', () => {
    const { barsWithoutFaults, byKind } = found.engineFaults
    expect(barsWithoutFaults).toBeLessThan(0.05)
    expect(byKind['bad tick']).toMatchObject({ injected: 14 })
    expect(byKind['bad tick'].found).toBeGreaterThan(0.4)
    expect(byKind['flat line'].asFault).toBeGreaterThan(0.4)
  })

  it('without labels the alarms are the same, and figures that need labels are null', async () => {
    const plain = await report(series, false)
    const unknown = { labels: null, recallTier1: null, recall: null, precision: null, medianDelayHours: null }
    expect(plain).toMatchObject({ ...unknown, alarms: found.alarms, rateByMonth: found.rateByMonth })
    expect(plain.episodes.every(({ matched }) => matched === null)).toBe(true)
    expect(plain.detectors.move).toMatchObject({ recall: null, averagePrecision: null })
    expect(plain.detectors.move?.injections?.spike.injected).toBe(14)
  })

  it('later rows change no earlier alarm', async () => {
    const to = Date.UTC(2021, 3, 1)
    const [short, cut] = [await report(series, true, to), { ...series, bars: series.bars.filter(({ ts }) => ts <= to) }]
    expect(await report(cut, true)).toEqual(short)
    expect(short.rateByMonth['2021-03']).toEqual(found.rateByMonth['2021-03'])
  })

  it('a pass continues from the saved warm-up with the same results', async () => {
    const [early, late] = [series.bars.slice(0, 900), series.bars.slice(900, 1_200)]
    const undisturbed = new Scorer(steadyModel(), hourMs)
    await undisturbed.run(early)
    const second = new Scorer(steadyModel(), hourMs)
    second.load(undisturbed.save())
    expect(await second.run(late)).toEqual(await undisturbed.run(late))
  })
})

import { detectorName } from '@candlewatch/api/values/detectors'
import { episodesOf } from '@candlewatch/core/decide/episodes'
import { type Detection, matchEpisodes } from '@candlewatch/core/eval/detection'
import { averagePrecision } from '@candlewatch/core/eval/detection-curve'
import { eventsWithin, type LabelledEvent, meets, type Span } from '@candlewatch/core/eval/labels'
import type { Model } from '@candlewatch/core/forecast/artifact'
import { isoDate } from '@candlewatch/core/interval'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Series, Verdict } from '@candlewatch/core/types'
import { alarmsOf, engineScore, episodeReports, perWeekOf, rareShare, rateByMonth, spanOf } from './alarms.ts'
import type { DetectionReport, DetectorReport, LabelCount } from './detection-report.ts'
import { eachAlone, engineFaults, faultsOver, injectionReport } from './injected-faults.ts'
import type { Labels } from './labels.ts'
import { Scorer } from './scores.ts'

/** The options of the detection half. */
export interface DetectOptions {
  /** The alarm budget. */
  readonly alarmsPerWeek: number
  readonly labels: Labels | null
  readonly warmUpBars: number
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * Compares the alarms of the engine and of every detector with the labelled events and with the budget, and measures which
 * injected faults each of them finds. `verdicts` come from an unbroken run over the series' bars, oldest first.
 */
export async function detect(
  series: Series,
  model: Model,
  verdicts: readonly Verdict[],
  { alarmsPerWeek, labels, warmUpBars, onProgress = () => {} }: DetectOptions,
): Promise<DetectionReport> {
  const { market, intervalMs } = series
  const first = series.bars.findIndex(({ ts }) => ts === verdicts[0]?.ts)
  const bars = series.bars.slice(first, first + verdicts.length)
  const before = series.bars.slice(Math.max(0, first - warmUpBars), first)
  const spans = bars.map((bar): Span => ({ startMs: openOf(bar, intervalMs), endMs: bar.ts }))
  const range = { startMs: spans[0]?.startMs ?? 0, endMs: spans.at(-1)?.endMs ?? 0 }
  const events = eventsWithin(labels?.events ?? [], range)

  const episodes = episodesOf(verdicts)
  const alarmSpans = episodes.map(episode => spanOf(episode, intervalMs))
  const met = matchEpisodes(alarmSpans, events)
  const isPositive = spans.map(span => events.some(event => meets(span, event, 0)))
  const curve = (scores: readonly number[]) =>
    averagePrecision(
      scores.filter((_, i) => isPositive[i]),
      scores.filter((_, i) => !isPositive[i]),
    )
  const perWeek = (count: number) => perWeekOf(count, bars.length, intervalMs)

  const step = progress(before.length + 2 * bars.length, onProgress)
  const { clean, warm, faults, found } = await passes(model, series, { before, bars, step })
  const isReal = spans.map((span, bar) => isPositive[bar] || alarmSpans.some(alarm => meets(span, alarm, 0)))
  const injections = injectionReport({ found, clean: clean.scores, isReal: bar => isReal[bar] ?? false })
  const byEngine = await engineFaults({
    config: { market, intervalMs, alarmsPerWeek },
    model,
    before,
    bars,
    yardsticks: clean.yardsticks,
    faults,
    clean: verdicts,
  })

  const reportOf = (id: string, scores: readonly number[]): DetectorReport => {
    const alarms = alarmsOf({ bars, scores, before: warm.scores[id] ?? [], intervalMs, alarmsPerWeek })
    return {
      name: detectorName(id),
      episodes: alarms.episodes.length,
      alarmsPerWeek: perWeek(alarms.episodes.length),
      ...figures(matchEpisodes(alarms.episodes, events)),
      averagePrecision: curve(scores),
      barsBelow1Percent: alarms.barsBelow1Percent,
      injections: injections[id] ?? null,
    }
  }
  const engine: DetectorReport = {
    name: 'The engine',
    episodes: episodes.length,
    alarmsPerWeek: perWeek(episodes.length),
    ...figures(met),
    averagePrecision: curve(verdicts.map(engineScore)),
    ...rareShare(verdicts),
    injections: null,
  }
  const others = Object.entries(clean.scores).map(([id, scores]) => [id, reportOf(id, scores)] as const)
  const ofFeed = injections.feed
  if (ofFeed === undefined) throw new RangeError('Expected scores of the detector feed, found none.')
  return {
    alarms: episodes.length,
    alarmsPerWeek: perWeek(episodes.length),
    promisedPerWeek: alarmsPerWeek,
    realisedOverPromised: alarmsPerWeek > 0 ? perWeek(episodes.length) / alarmsPerWeek : null,
    ...figures(met),
    labels: labels && countOf(labels, events),
    episodes: episodeReports(verdicts, episodes, met.matched),
    injections: ofFeed,
    engineFaults: byEngine,
    rateByMonth: rateByMonth(verdicts, episodes, intervalMs, alarmsPerWeek),
    detectors: { engine, ...Object.fromEntries(others) },
  }
}

interface PassParts {
  readonly before: readonly Bar[]
  readonly bars: readonly Bar[]
  readonly step: (count: number) => void
}

/** Runs all detectors over the original bars, then once more with each fault by itself. */
async function passes(model: Model, { intervalMs }: Series, { before, bars, step }: PassParts) {
  const scorer = new Scorer(model, intervalMs)
  const warm = await scorer.run(before, step)
  const state = scorer.save()
  const clean = await scorer.run(bars, step)
  const faults = faultsOver(bars, clean.yardsticks)
  scorer.load(state)
  const found = await eachAlone({ bars, yardsticks: clean.yardsticks, faults }, scorer, () => step(1))
  return { warm, clean, faults, found }
}

function progress(total: number, onProgress: (done: number, total: number) => void): (count: number) => void {
  let done = 0
  return count => {
    done += count
    onProgress(done, total)
  }
}

const figures = ({ matched: _, ...found }: Detection) => found

function countOf({ file, events }: Labels, judged: readonly LabelledEvent[]): LabelCount {
  const tier1 = judged.filter(({ tier }) => tier === 1).length
  const [first, last] = [judged[0], judged.at(-1)]
  return {
    file,
    judged: judged.length,
    tier1,
    leftOut: events.length - judged.length,
    from: first ? isoDate(first.startMs) : null,
    to: last ? isoDate(last.endMs) : null,
  }
}

import { episodesOf } from '@candlewatch/core/decide/episodes'
import { type Detection, matchEpisodes } from '@candlewatch/core/eval/detection'
import { averagePrecision } from '@candlewatch/core/eval/detection-curve'
import { eventsWithin, type LabelledEvent, meets, type Span } from '@candlewatch/core/eval/labels'
import type { Model } from '@candlewatch/core/forecast/artifact'
import { isoDate } from '@candlewatch/core/interval'
import type { Bar, Series, Verdict } from '@candlewatch/core/types'
import { alarmsOf, spanOf } from './alarms.ts'
import { eachAlone } from './alone.ts'
import type { DetectionReport, DetectorReport, Injections, LabelCount } from './detection-report.ts'
import { engineScore, episodeReports, perWeekOf, rareShare, rateByMonth } from './engine-alarms.ts'
import { engineFaults } from './engine-faults.ts'
import { faultsOver, injectionReport } from './injections.ts'
import type { Labels } from './labels.ts'
import { feedId } from './lineup.ts'
import { nameOf } from './names.ts'
import { Scorer } from './scores.ts'

export interface DetectOptions {
  readonly alarmsPerWeek: number
  readonly labels: Labels | null
  readonly warmUpBars: number
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * How the engine's verdicts, and every detector beside them, met the labelled events; what was promised and what came; and
 * what each detector finds of injected faults. `verdicts`: of an unbroken run of the series' bars, oldest first.
 */
export async function detect(
  series: Series,
  model: Model,
  verdicts: readonly Verdict[],
  { alarmsPerWeek, labels, warmUpBars, onProgress = () => {} }: DetectOptions,
): Promise<DetectionReport> {
  const { intervalMs } = series
  const first = series.bars.findIndex(({ ts }) => ts === verdicts[0]?.ts)
  const bars = series.bars.slice(first, first + verdicts.length)
  const before = series.bars.slice(Math.max(0, first - warmUpBars), first)
  const spans = bars.map(({ ts }): Span => ({ startMs: ts - intervalMs, endMs: ts }))
  const events = eventsWithin(labels?.events ?? [], { startMs: spans[0]!.startMs, endMs: spans.at(-1)!.endMs })

  const episodes = episodesOf(verdicts)
  const met = matchEpisodes(
    episodes.map(episode => spanOf(episode, intervalMs)),
    events,
  )
  const isPositive = spans.map(span => events.some(event => meets(span, event, 0)))
  const curve = (scores: readonly number[]) =>
    averagePrecision(
      scores.filter((_, i) => isPositive[i]),
      scores.filter((_, i) => !isPositive[i]),
    )

  const step = progress(before.length + 2 * bars.length, onProgress)
  const { clean, warm, faults, found } = await passes(model, series, before, bars, step)
  const alarmSpans = episodes.map(episode => spanOf(episode, intervalMs))
  const isReal = (bar: number) => isPositive[bar]! || alarmSpans.some(span => meets(spans[bar]!, span, 0))
  const injections = injectionReport(found, clean.scores, isReal)

  const config = { market: series.market, intervalMs, alarmsPerWeek }
  const ofEngine = await engineFaults(config, model, before, bars, clean.yardsticks, faults, verdicts)

  const perWeek = (count: number) => perWeekOf(count, bars.length, intervalMs)
  const others = Object.entries(clean.scores).map(([id, scores]): [string, DetectorReport] => {
    const of = alarmsOf(bars, scores, warm.scores[id]!, intervalMs, alarmsPerWeek)
    return [
      id,
      {
        ...{ name: nameOf(id), episodes: of.episodes.length, alarmsPerWeek: perWeek(of.episodes.length) },
        ...figures(matchEpisodes(of.episodes, events)),
        ...{ averagePrecision: curve(scores), barsBelow1Percent: of.barsBelow1Percent },
        injections: injections[id] ?? null,
      },
    ]
  })
  const engine: DetectorReport = {
    ...{ name: nameOf('engine'), episodes: episodes.length, alarmsPerWeek: perWeek(episodes.length) },
    ...figures(met),
    ...{ averagePrecision: curve(verdicts.map(engineScore)), ...rareShare(verdicts), injections: null },
  }
  return {
    alarms: episodes.length,
    alarmsPerWeek: perWeek(episodes.length),
    promisedPerWeek: alarmsPerWeek,
    realisedOverPromised: alarmsPerWeek > 0 ? perWeek(episodes.length) / alarmsPerWeek : null,
    ...figures(met),
    labels: labels && countOf(labels, events),
    episodes: episodeReports(verdicts, episodes, met.matched),
    injections: injections[feedId] as Injections,
    engineFaults: ofEngine,
    rateByMonth: rateByMonth(verdicts, episodes, intervalMs, alarmsPerWeek),
    detectors: { engine, ...Object.fromEntries(others) },
  }
}

/** All detectors over the bars as they came, then once more with each fault by itself. */
async function passes(
  model: Model,
  { intervalMs }: Series,
  before: readonly Bar[],
  bars: readonly Bar[],
  step: (count: number) => void,
) {
  const scorer = new Scorer(model, intervalMs)
  const warm = await scorer.run(before, step)
  const state = scorer.save()
  const clean = await scorer.run(bars, step)
  const faults = faultsOver(bars, clean.yardsticks)
  scorer.load(state)
  const found = await eachAlone(bars, clean.yardsticks, faults, scorer, () => step(1))
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
    ...{ file, judged: judged.length, tier1, leftOut: events.length - judged.length },
    from: first ? isoDate(first.startMs) : null,
    to: last ? isoDate(last.endMs) : null,
  }
}

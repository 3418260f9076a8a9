import type { EpisodeAnswer as Episode, FaultAnswer as Fault } from '@candlewatch/api/episode'
import type { MarketSummary } from '@candlewatch/api/markets'
import type { Replay } from '@candlewatch/api/replays'
import type { Ms } from '@candlewatch/api/units'
import { episodeOf } from '@candlewatch/core/episode'
import { isoDate } from '@candlewatch/core/interval'
import { msOf } from '@candlewatch/core/time'
import { makeStableList, memoizeLast } from './memo.ts'
import { type Candle, firstFrom, type Series, seriesUntil } from './series.ts'
import type { State } from './state.ts'

/** The open of the newest bar to show while past bars are replayed again; null while the newest bar is shown. */
export function pastPosition({ replay, market }: State): Ms | null {
  return replay?.at && market && isOf(replay, market) ? msOf(replay.at) : null
}

/** Returns whether a replay brings the rows of that market. */
export function isOf(replay: Replay, { market, interval }: Pick<MarketSummary, 'market' | 'interval'>): boolean {
  return replay.market === market && replay.interval === interval
}

/** The candles up to the replay position: all in memory, unless past bars are replayed again. */
export function shownCandles(state: State): readonly Candle[] {
  const at = pastPosition(state)
  if (at === null) return state.series.candles
  const { candles } = seriesAround(state, at)
  return candles.slice(0, firstFrom(candles, at + 1))
}

/**
 * Makes the function that cuts a state to what was known at the replay position. It remembers its last answer, so that parts of
 * the state that did not change stay the same objects.
 */
export function makeReplayView(): (state: State) => State {
  const [stableAlarms, stableEpisodes, stableFaults] = [
    makeStableList<Candle>(),
    makeStableList<Episode>(),
    makeStableList<Fault>(),
  ]
  const seriesAt = memoizeLast((series: Series, at: Ms): Series => {
    const cut = seriesUntil(series, at)
    return cut === series ? series : { ...cut, alarms: stableAlarms(cut.alarms) }
  })
  const episodesAt = memoizeLast((episodes: readonly Episode[], alarms: readonly Candle[], at: Ms) =>
    stableEpisodes(episodesUntil(episodes, alarms, at)),
  )
  const faultsAt = memoizeLast((faults: readonly Fault[], at: Ms) => stableFaults(faultsUntil(faults, at)))

  return state => {
    const at = pastPosition(state)
    if (at === null) return state
    const series = seriesAt(seriesAround(state, at), at)
    const isLater = Date.parse(state.rehearsal?.to ?? '') > at
    return {
      ...state,
      series,
      episodes: episodesAt(state.episodes, series.alarms, at),
      faults: faultsAt(state.faults, at),
      rehearsal: isLater ? null : state.rehearsal,
      // The server's figures on the feed describe the present.
      feed: null,
    }
  }
}

/** The bars in memory, or those fetched around the replay position where memory begins later. */
function seriesAround({ series, past }: State, at: Ms): Series {
  return at >= (series.candles[0]?.at ?? at) ? series : past
}

function episodesUntil(episodes: readonly Episode[], alarms: readonly Candle[], at: Ms): readonly Episode[] {
  const now = isoDate(at)
  return episodes
    .filter(({ start }) => start <= now)
    .map(episode => {
      if (episode.end > now) return soFar(episode, alarms)
      return episode.recovered !== null && episode.recovered >= now ? { ...episode, recovered: null } : episode
    })
}

/** An episode as it stood at the replay position: its later alarms are not known yet. */
function soFar(episode: Episode, alarms: readonly Candle[]): Episode {
  const own = alarms.flatMap(({ verdict }) => (verdict?.isAnomaly && verdict.date >= episode.start ? [verdict] : []))
  const known = episodeOf(own, null)
  // Where its bars are not in memory, only its start is known.
  if (!known) return { ...episode, end: episode.start, peak: episode.start, alarms: 1, recovered: null }
  const peak = own.find(({ date }) => date === known.peak)
  return { ...known, because: peak?.because ?? episode.because }
}

function faultsUntil(faults: readonly Fault[], at: Ms): readonly Fault[] {
  return faults.filter(({ date }) => date <= isoDate(at))
}

import { episodeOf } from '@candlewatch/core/episode'
import { isoDate } from '@candlewatch/core/interval'
import type { Episode, Fault, Ms, Replay } from '@candlewatch/core/types'
import { makeKept } from './kept.ts'
import type { MarketRow, State } from './state.ts'
import { type Candle, type Tape, tapeUntil } from './tape.ts'

/** What the page shows of what it has: all of it, or what was known when the bar closed up to which it is watched again. */
export function inSight(state: State): State {
  const at = watchedAt(state)
  if (at === null) return state
  const isInMemory = at >= (state.tape.candles[0]?.at ?? at)
  const tape = remembered.tape(isInMemory ? state.tape : state.past, at)
  const episodes = remembered.episodes(state.episodes, tape.alarms, at)
  const isLater = Date.parse(state.rehearsal?.to ?? '') > at
  return {
    ...{ ...state, tape, episodes, faults: remembered.faults(state.faults, at) },
    rehearsal: isLater ? null : state.rehearsal,
    // What the server counts of the feed is of now.
    feed: null,
  }
}

/** Open of the newest bar in sight while the past is watched again; else null. */
export function watchedAt({ replay, market }: State): Ms | null {
  return replay?.at && market && isOf(replay, market) ? (Date.parse(replay.at) as Ms) : null
}

/** Whether a replay brings the rows of that market. */
export function isOf(replay: Replay, { market, interval }: Pick<MarketRow, 'market' | 'interval'>): boolean {
  return replay.market === market && replay.interval === interval
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

/** An episode as it stood: how it goes on, and how bad it gets, is still to come. */
function soFar(episode: Episode, alarms: readonly Candle[]): Episode {
  const own = alarms.flatMap(({ verdict }) => (verdict?.isAnomaly && verdict.date >= episode.start ? [verdict] : []))
  // Where its bars are not in memory, no more is known than when it began.
  if (own.length === 0) return { ...episode, end: episode.start, peak: episode.start, alarms: 1, recovered: null }
  return episodeOf(own, null)
}

function faultsUntil(faults: readonly Fault[], at: Ms): readonly Fault[] {
  return faults.filter(({ date }) => date <= isoDate(at))
}

/** The last answer, as long as nothing that it was made of changes: what is drawn stays the same object. */
function lastOf<Given extends readonly unknown[], T>(make: (...given: Given) => T): (...given: Given) => T {
  let last: { readonly given: Given; readonly made: T } | null = null
  return (...given) => {
    if (!last?.given.every((one, i) => one === given[i])) last = { given, made: make(...given) }
    return last.made
  }
}

const [keptAlarms, keptEpisodes, keptFaults] = [makeKept<Candle>(), makeKept<Episode>(), makeKept<Fault>()]

const remembered = {
  tape: lastOf((tape: Tape, at: Ms): Tape => {
    const cut = tapeUntil(tape, at)
    return cut === tape ? tape : { ...cut, alarms: keptAlarms(cut.alarms) }
  }),
  episodes: lastOf((...given: Parameters<typeof episodesUntil>) => keptEpisodes(episodesUntil(...given))),
  faults: lastOf((...given: Parameters<typeof faultsUntil>) => keptFaults(faultsUntil(...given))),
}

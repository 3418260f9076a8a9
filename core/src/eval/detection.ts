import { nth } from '../nth.ts'
import { makeRng } from '../stats/rng.ts'
import { hourMs } from '../time.ts'
import { type Dated, type Interval, weeklyBootstrap } from './bootstrap.ts'
import { type LabelledEvent, meets, type Span } from './labels.ts'

/** How episodes of alarms met labelled events. Shares are null where there is nothing to take a share of. */
export interface Detection {
  /** The share of tier 1 events that were found. */
  readonly recallTier1: number | null
  /** The share of all events that were found. */
  readonly recall: number | null
  /** The share of episodes that met an event. */
  readonly precision: number | null
  /** From an event's start to the open of the first bar that alarmed, 0 where that came before; over the events found. */
  readonly medianDelayHours: number | null
  /** By a weekly block bootstrap; null with fewer than four weeks that hold one. */
  readonly recall95: Interval | null
  readonly precision95: Interval | null
  /** The first event that each episode met, in the order of the episodes. */
  readonly matched: readonly (LabelledEvent | null)[]
}

const seed = 1

/** `episodes` from their first alarm's open to their last alarm's close. */
export function matchEpisodes(episodes: readonly Span[], events: readonly LabelledEvent[]): Detection {
  const foundBy = events.map(event => episodes.find(episode => meets(episode, event)))
  const matched = episodes.map(episode => events.find(event => meets(episode, event)) ?? null)
  const found = events.map(({ startMs }, i) => ({ openMs: startMs, value: Number(foundBy[i] !== undefined) }))
  const right = episodes.map(({ startMs }, i) => ({ openMs: startMs, value: Number(matched[i] !== null) }))
  const delays = events.flatMap(({ startMs }, i) => {
    const episode = foundBy[i]
    return episode ? [Math.max(0, episode.startMs - startMs) / hourMs] : []
  })
  return {
    recallTier1: shareOf(found.filter((_, i) => events[i]?.tier === 1)),
    recall: shareOf(found),
    precision: events.length === 0 ? null : shareOf(right),
    medianDelayHours: medianOf(delays),
    recall95: weeklyBootstrap(found, makeRng(seed)),
    precision95: events.length === 0 ? null : weeklyBootstrap(right, makeRng(seed)),
    matched,
  }
}

function shareOf(values: readonly Dated[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, { value }) => sum + value, 0) / values.length
}

function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  return (nth(sorted, Math.ceil(half) - 1) + nth(sorted, Math.floor(half))) / 2
}

import type { EpisodeAnswer as Episode } from '@candlewatch/api/episode'
import { computed } from '@preact/signals'
import { part, whole } from '../state/store.ts'

/** The open of the newest bar shown: the replay position. */
export const position = part(({ series }) => series.candles.at(-1)?.at ?? null)

/** The open of the newest bar that exists, shown or not. */
export const newest = computed(() => whole.value.series.candles.at(-1)?.at ?? null)

/** The place of an episode along a replay, as a share of it. */
export interface Tick {
  readonly share: number
  readonly episode: Episode
}

/** The ticks of the episodes within a replay. Of two that would overlap, the more severe one stays. */
export function ticksOf(episodes: readonly Episode[], from: number, to: number, leastShare = 0.002): readonly Tick[] {
  const ticks: Tick[] = []
  for (const episode of episodes) {
    const share = (Date.parse(episode.peak) - from) / (to - from)
    if (share < 0 || share > 1) continue
    const before = ticks.at(-1)
    if (!before || share - before.share >= leastShare) ticks.push({ share, episode })
    else if (severities.indexOf(episode.severity) > severities.indexOf(before.episode.severity)) {
      ticks[ticks.length - 1] = { share, episode }
    }
  }
  return ticks
}

const severities = ['low', 'medium', 'high', 'critical']

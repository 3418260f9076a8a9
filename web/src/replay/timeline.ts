import type { EpisodeAnswer as Episode } from '@candlewatch/api/episode'
import { computed } from '@preact/signals'
import { part, whole } from '../state/store.ts'

/** Open of the newest bar in view: where the replay is. */
export const position = part(({ series }) => series.candles.at(-1)?.at ?? null)

/** Open of the newest bar that there is, in view or not. */
export const newest = computed(() => whole.value.series.candles.at(-1)?.at ?? null)

/** Where an episode lies along a replay, as a share of it. */
export interface Tick {
  readonly share: number
  readonly episode: Episode
}

/** Of the episodes that began within the replay; no two so near that one would hide the other: the worse one stays. */
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

import type { Fault, Move } from '@candlewatch/core/types'

/** What happened: how the market moved, or what is wrong with a row of the feed. */
export type EpisodeType = Move | Fault['type']

/** In the order in which they are listed. */
export const typeWords: Readonly<Record<EpisodeType, string>> = {
  fall: 'Fall',
  rise: 'Rise',
  swing: 'Swing',
  gap: 'Gap',
  flat: 'Stuck feed',
  'bad-tick': 'Bad tick',
  unlikely: 'Unlikely row',
}

export const types = Object.keys(typeWords) as EpisodeType[]

/** Which way; faults have none. */
export const typeSigns: Readonly<Partial<Record<EpisodeType, string>>> = { fall: '↘', rise: '↗', swing: '↕' }

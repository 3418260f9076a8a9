import { z } from 'zod'
import { dateTime, intervalName, nextCursor, rangeQuery } from './fields.ts'
import { reason } from './reasons.ts'
import { route, routesByName } from './route.ts'
import { faultKind, lane, severity } from './verdict.ts'

const move = z
  .enum(['fall', 'rise', 'swing'])
  .meta({ id: 'Move', description: 'Which ends of the 90 % range its bars left: the lower, the upper or both.' })
/** The direction of an episode. */
export type Move = z.output<typeof move>

const because = z.string().meta({ description: 'The reason as a sentence.' })
const agreementFields = {
  size: z.number().nullable().meta({
    description: 'Signed distance of the high or low from what was expected, as a share; null without a forecast.',
  }),
  seenBy: z.number().meta({ description: 'How many detectors see the bar, including the one that decides.' }),
  detectors: z.number().meta({ description: 'How many were asked.' }),
}

const episodeFields = {
  id: z.string().meta({ description: 'The id of the verdict that began it.' }),
  market: z.string(),
  interval: intervalName,
  lane,
  type: move,
  start: dateTime.meta({ description: 'Open of its first alarm.' }),
  peak: dateTime.meta({ description: 'Open of its rarest bar.' }),
  end: dateTime.meta({ description: 'Open of its last alarm.' }),
  recovered: dateTime.nullable().meta({
    description: 'Open of the bar after which it was over: no alarm within the merge window. null while it may go on.',
  }),
  alarms: z.number(),
  severity: severity.meta({ description: 'Severity of its peak, as are the fields that follow.' }),
  pValue: z.number(),
  ...agreementFields,
  reason,
}
/** Alarms that belong together: one event. */
export const episode = z.object(episodeFields).readonly()

/** An episode as it is stored. */
export interface Episode extends z.output<typeof episode> {}

/** An episode as the API answers it. */
export const episodeAnswer = z
  .object({ ...episodeFields, because })
  .readonly()
  .meta({ id: 'Episode' })
/** An episode with its sentence, as clients read it. */
export interface EpisodeAnswer extends z.output<typeof episodeAnswer> {}

/** The kinds of changes of an episode. */
export const episodeEventKind = z.enum(['opened', 'updated', 'closed']).meta({
  id: 'EpisodeEventKind',
  description: 'The effect of a judged bar on the episode: it began the episode, added an alarm to it, or ended it.',
})
/** A change of an episode, as the stream sends it. */
export const episodeEventAnswer = z
  .object({ kind: episodeEventKind, episode: episodeAnswer })
  .readonly()
  .meta({ id: 'EpisodeChange' })
/** A change of an episode, and the episode after it. */
export interface EpisodeEvent {
  readonly kind: z.output<typeof episodeEventKind>
  readonly episode: Episode
}

const faultFields = {
  id: z.string().meta({ description: 'The id of its verdict.' }),
  market: z.string(),
  interval: intervalName,
  date: dateTime.meta({ description: "The bar's open." }),
  type: faultKind,
  pValue: z.number().nullable().meta({ description: 'null where no score was asked for.' }),
  ...agreementFields,
  reason,
}
/** A feed fault with the fields of an episode; it is one bar. */
export const fault = z.object(faultFields).readonly()

/** A feed fault as it is stored. */
export interface Fault extends z.output<typeof fault> {}

/** A fault as the API answers it. */
export const faultAnswer = z
  .object({ ...faultFields, because })
  .readonly()
  .meta({ id: 'Fault' })
/** A feed fault with its sentence, as clients read it. */
export interface FaultAnswer extends z.output<typeof faultAnswer> {}

/** The routes for episodes and feed faults. */
export const episodeRoutes = routesByName(
  route({
    id: 'getEpisodes',
    method: 'GET',
    path: '/api/episodes',
    scope: 'read',
    summary: 'List episodes: alarms that belong together',
    description:
      'Alarms within the merge window of each other (six hours, or a tenth of the mean distance that the budget allows if that is less) are one episode. Oldest first; without a cursor, the newest of the range. An episode with a bar in the range is answered whole.',
    query: rangeQuery,
    answer: z.object({ episodes: z.array(episodeAnswer), nextCursor }).meta({ id: 'EpisodesPage' }),
  }),
  route({
    id: 'getFaults',
    method: 'GET',
    path: '/api/faults',
    scope: 'read',
    summary: 'List feed faults',
    description: 'Oldest first; without a cursor, the newest of the range.',
    query: rangeQuery,
    answer: z.object({ faults: z.array(faultAnswer), nextCursor }).meta({ id: 'FaultsPage' }),
    problems: ['ERR_BUSY'],
  }),
)

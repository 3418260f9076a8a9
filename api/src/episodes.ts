import { z } from 'zod'
import { dateTime, intervalName, marketName, nextCursor, rangeQuery } from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'
import { faultKind, lane, severity } from './verdicts.ts'

const atPeak = {
  size: z.number().nullable().meta({
    description: 'Signed distance of the high or low from its forecast, as a share; null without a forecast.',
  }),
  seenBy: z.number().meta({ description: 'How many detectors see it, the deciding ones included.' }),
  detectors: z.number().meta({ description: 'How many detectors were asked.' }),
}

export const episode = z
  .object({
    id: z.string().meta({ description: 'The id of its first verdict.' }),
    market: marketName,
    interval: intervalName,
    lane,
    type: z
      .enum(['fall', 'rise', 'swing'])
      .meta({ id: 'Move', description: 'Which ends of the 90 % range its bars left; swing: both.' }),
    start: dateTime.meta({ description: 'Open of the first alarm.' }),
    peak: dateTime.meta({ description: 'Open of the rarest bar.' }),
    end: dateTime.meta({ description: 'Open of the last alarm.' }),
    recovered: dateTime.nullable().meta({ description: 'When six hours had passed without an alarm; null before.' }),
    alarms: z.number(),
    severity: severity.meta({ description: 'Severity of the peak. The fields after it describe the peak too.' }),
    pValue: z.number(),
    ...atPeak,
    because: z.string(),
  })
  .meta({ id: 'Episode' })
export type Episode = Wire<typeof episode>

export const fault = z
  .object({
    id: z.string(),
    market: marketName,
    interval: intervalName,
    date: dateTime.meta({ description: "The bar's open." }),
    type: faultKind,
    pValue: z.number().nullable(),
    ...atPeak,
    because: z.string(),
  })
  .meta({ id: 'Fault' })
export type Fault = Wire<typeof fault>

export const episodeRoutes = routesByName(
  route({
    id: 'getEpisodes',
    method: 'GET',
    path: '/api/episodes',
    scope: 'read',
    summary: 'List episodes: alarms that belong together',
    description:
      'Alarms within six hours of each other are one episode. Oldest first; without a cursor, the newest of the range. limit counts alarms. The oldest episode of a page may have begun on the page before it.',
    query: rangeQuery,
    answer: z.object({ episodes: z.array(episode), nextCursor }).meta({ id: 'EpisodesPage' }),
  }),
  route({
    id: 'getFaults',
    method: 'GET',
    path: '/api/faults',
    scope: 'read',
    summary: 'List feed faults: rows that were not believed',
    description: 'Oldest first; without a cursor, the newest of the range.',
    query: rangeQuery,
    answer: z.object({ faults: z.array(fault), nextCursor }).meta({ id: 'FaultsPage' }),
  }),
)

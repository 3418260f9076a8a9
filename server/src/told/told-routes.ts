import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { GroupStore, ProfileRecord, ToldRecord, ToldStore } from '@candlewatch/adapters/stores/told'
import type { Incident } from '@candlewatch/api/told'
import type { Market } from '@candlewatch/core/types'
import { type Request, Router } from 'express'
import { handle } from '../http/handle.ts'
import { type Profiles, watches } from './profiles.ts'

type Store = Pick<ToldStore & GroupStore & BarStore, 'told' | 'groups' | 'streams'>

/** `/api/profile` and `/api/told`: what a person watches, and the incidents that were reported to them. */
export function told(store: Store, profiles: Pick<Profiles, 'of' | 'change'>): Router {
  const keyOf = (request: Request) => request.caller?.keyId ?? null

  async function answer(profile: ProfileRecord) {
    const isWatched = watches(profile, await store.groups())
    return { ...profile, streams: (await store.streams()).filter(isWatched).length }
  }

  const router = Router()
  handle(router, 'GET /api/profile', async (_, { request }) => answer(await profiles.of(keyOf(request))))
  handle(router, 'PATCH /api/profile', async ({ body }, { request }) =>
    answer(await profiles.change(keyOf(request), body)),
  )
  handle(router, 'GET /api/told', async ({ query: { from, to, all, limit } }, { request }) => {
    const { id } = await profiles.of(keyOf(request))
    const range = { profile: id, fromMs: from ?? null, toMs: to ?? null, toldOnly: all !== 'true', limit }
    const incidents = await store.told(range)
    return { profile: id, incidents: incidents.map(incident => shownIncident({ profile: id, incident })) }
  })
  return router
}

/** An incident as the API shows it. */
export function shownIncident({ profile, incident }: ToldRecord): Incident {
  const { n, at, toldAt, because, perWeek, group, members } = incident
  return {
    profile,
    n,
    at: new Date(at).toISOString(),
    told: toldAt === null ? null : new Date(toldAt).toISOString(),
    because,
    perWeek,
    group,
    episodes: members.map(({ id, market, interval, start }) => ({ id, market: market as Market, interval, start })),
  }
}

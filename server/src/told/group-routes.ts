import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { GroupStore } from '@candlewatch/adapters/stores/told'
import { latestMs } from '@candlewatch/api/values/limits'
import { episodeAnswer } from '@candlewatch/api/values/sentences'
import type { Clock } from '@candlewatch/core/clock'
import { fits, marketWide, marketWideFrom } from '@candlewatch/core/decide/groups'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Stream, streamOf } from '@candlewatch/core/time'
import type { Market, Ms } from '@candlewatch/core/types'
import { Router } from 'express'
import { handle } from '../http/handle.ts'

const maxEpisodes = 5_000

/** `/api/groups` and `/api/market-wide`: groups of markets, and when many of one moved at once. */
export function groups(store: GroupStore & Pick<BarStore, 'streams'>, clock: Clock): Router {
  async function answer() {
    const streams = await store.streams()
    return {
      groups: (await store.groups()).map(({ name, members }) => ({
        name,
        members,
        markets: marketsOf(members, streams),
      })),
    }
  }

  const router = Router()
  handle(router, 'GET /api/groups', answer)
  handle(router, 'PUT /api/groups', async ({ body }) => {
    await store.saveGroup(body, clock.now())
    return answer()
  })
  handle(router, 'DELETE /api/groups', async ({ query: { name } }) => {
    if (!(await store.deleteGroup(name))) throw unknown(name)
    return answer()
  })
  handle(router, 'GET /api/market-wide', async ({ query: { group: name, from, to } }) => {
    const group = (await store.groups()).find(one => one.name === name)
    if (!group) throw unknown(name)
    const isMember = fits(group.members)
    const markets = marketsOf(group.members, await store.streams()).length
    const range = { fromMs: from ?? (0 as Ms), toMs: to ?? (latestMs as Ms), limit: maxEpisodes }
    const episodes = (await store.episodesOfAll(range)).filter(({ market, interval }) =>
      isMember(streamOf({ market: market as Market, interval })),
    )
    const moves = marketWide(episodes, markets)
    return {
      group: name,
      markets,
      from: marketWideFrom(markets),
      moves: moves.map(move => ({
        ...move,
        markets: move.markets.map(market => market as Market),
        episodes: move.episodes.map(episodeAnswer),
      })),
    }
  })
  return router
}

function marketsOf(members: readonly string[], streams: readonly Stream[]): readonly Market[] {
  return [...new Set(streams.filter(fits(members)).map(({ market }) => market))].sort()
}

function unknown(name: string): CandlewatchError {
  return new CandlewatchError(
    'ERR_NOT_FOUND',
    `Expected a group, found none of the name ${name}. GET /api/groups lists them.`,
  )
}

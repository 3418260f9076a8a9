import { randomUUID } from 'node:crypto'
import type { ReplayStore } from '@candlewatch/adapters/stores/replays'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Replay } from '@candlewatch/core/types'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import { makeQueue } from '../platform/queue.ts'
import { over, type Past, steer } from './steer.ts'

const listed = 100

/** `/api/replays`: the simulator creates a replay, any page steers it. `changed` is called after each change was stored. */
export function replays(store: ReplayStore & Past, changed: (replay: Replay) => void): Router {
  // A page and the simulator can change one replay at the same moment; a change reads before it writes.
  const queue = makeQueue(1_000)
  const inTurn = <T>(job: () => Promise<T>) => queue.add('replays', job)

  const router = Router()
  handle(router, 'POST /api/replays', async ({ body }, { response }) => {
    if (body.to < body.from) {
      throw new CandlewatchError(
        'ERR_REPLAY_INVALID',
        `to: Expected a date that is not before from (${isoDate(body.from)}), found ${isoDate(body.to)}.`,
        { field: 'to' },
      )
    }
    const replay: Replay = {
      id: randomUUID(),
      market: body.market,
      interval: formatInterval(body.interval),
      source: body.source,
      from: isoDate(body.from),
      to: isoDate(body.to),
      state: body.state,
      everyMs: body.everyMs,
      seek: null,
      steps: 0,
      until: null,
      at: null,
      revision: 0,
    }
    await inTurn(async () => {
      await stopOthers(replay)
      await store.saveReplay(replay)
      changed(replay)
    })
    response.location(`/api/replays/${replay.id}`)
    return replay
  })
  handle(router, 'GET /api/replays', async () => ({ replays: await store.replays(listed) }))
  handle(router, 'GET /api/replays/:id', ({ params }) => found(params.id))
  handle(router, 'PATCH /api/replays/:id', ({ params, body }) =>
    inTurn(() => change(params.id, replay => steer(replay, body, store))),
  )
  return router

  /** Changes a replay as it is; it is read again if another server changes it meanwhile. */
  async function change(id: string, next: (replay: Replay) => Replay | Promise<Replay>): Promise<Replay> {
    for (;;) {
      const replay = await found(id)
      const wanted = await next(replay)
      if (wanted === replay) return replay
      if (!(await store.changeReplay(wanted, replay.revision))) continue
      changed(wanted)
      return wanted
    }
  }

  /** A simulator that was killed leaves its replay as it was: the next replay on the same stream stops it. */
  async function stopOthers(replay: Replay): Promise<void> {
    for (const other of await store.replays(listed)) {
      if (other.market === replay.market && other.interval === replay.interval) await change(other.id, stopped)
    }
  }

  async function found(id: string): Promise<Replay> {
    const replay = /^[\w-]{1,64}$/.test(id) ? await store.replay(id) : null
    if (replay) return replay
    throw new CandlewatchError(
      'ERR_NOT_FOUND',
      'Expected the id of a replay, found another. GET /api/replays lists them.',
    )
  }
}

function stopped(replay: Replay): Replay {
  return replay.state === 'stopped' ? replay : over({ ...replay, state: 'stopped', revision: replay.revision + 1 })
}

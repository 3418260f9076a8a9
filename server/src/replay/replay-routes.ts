import { randomUUID } from 'node:crypto'
import type { ReplayStore } from '@candlewatch/adapters/stores/replays'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Replay } from '@candlewatch/core/types'
import { Router } from 'express'
import { jsonBody } from '../http/json-body.ts'
import { parsed } from '../http/problem.ts'
import { replayChange, replayInput } from '../http/schemas.ts'
import { makeQueue } from '../platform/queue.ts'
import { over, type Past, steer } from './steer.ts'

const listed = 100

/** `/api/replays`: the simulator makes one, any page steers it. `changed` is told of each change after it was stored. */
export function replays(store: ReplayStore & Past, changed: (replay: Replay) => void): Router {
  // A page and the simulator can change one replay at the same moment; a change reads before it writes.
  const queue = makeQueue(1_000)
  const inTurn = <T>(job: () => Promise<T>) => queue.add('replays', job)

  return Router()
    .post('/api/replays', jsonBody('16kb'), async (request, response) => {
      const input = parsed(replayInput, request.body, 'ERR_REPLAY_INVALID')
      if (input.to < input.from) {
        throw new CandlewatchError(
          'ERR_REPLAY_INVALID',
          `to: Expected a date that is not before from (${isoDate(input.from)}), found ${isoDate(input.to)}.`,
          { field: 'to' },
        )
      }
      const replay: Replay = {
        id: randomUUID(),
        market: input.market,
        interval: formatInterval(input.interval),
        source: input.source,
        from: isoDate(input.from),
        to: isoDate(input.to),
        state: input.state,
        everyMs: input.everyMs,
        ...{ seek: null, steps: 0, until: null, at: null, revision: 0 },
      }
      await inTurn(async () => {
        await stopOthers(replay)
        await save(replay)
      })
      response.status(201).location(`/api/replays/${replay.id}`).json(replay)
    })
    .get('/api/replays', async (_request, response) => {
      response.json({ replays: await store.replays(listed) })
    })
    .get('/api/replays/:id', async (request, response) => {
      response.json(await found(request.params.id))
    })
    .patch('/api/replays/:id', jsonBody('16kb'), async (request, response) => {
      const change = parsed(replayChange, request.body, 'ERR_REPLAY_INVALID')
      response.json(
        await inTurn(async () => {
          const replay = await found(request.params.id as string)
          const next = await steer(replay, change, store)
          if (next !== replay) await save(next)
          return next
        }),
      )
    })

  async function save(replay: Replay): Promise<void> {
    await store.saveReplay(replay)
    changed(replay)
  }

  /** A simulator that was killed leaves its replay as it was: the next one on the same stream ends it. */
  async function stopOthers(replay: Replay): Promise<void> {
    for (const other of await store.replays(listed)) {
      const same = other.market === replay.market && other.interval === replay.interval
      if (same && other.state !== 'stopped')
        await save(over({ ...other, state: 'stopped', revision: other.revision + 1 }))
    }
  }

  async function found(id: string): Promise<Replay> {
    const replay = /^[\w-]{1,64}$/.test(id) ? await store.replay(id) : null
    if (replay) return replay
    throw new CandlewatchError('ERR_NOT_FOUND', 'There is no such replay. GET /api/replays lists those that there are.')
  }
}

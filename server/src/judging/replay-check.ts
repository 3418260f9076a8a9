import type { ReplayStore } from '@candlewatch/adapters/stores/replays'
import { replayedMarket } from '@candlewatch/api/values/replay-market'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import { stored } from '../platform/stored.ts'
import type { Engine } from './engine.ts'

/**
 * Keeps rows of replays and rows of other sources in separate streams. Calls for one stream come one after another. What was
 * found holds as long as the stream's engine is kept: another one begins after the stream was prepared for a replay or deleted.
 */
export interface ReplayCheck {
  /**
   * Checks rows before they are looked at; `replay` is the id of the replay that sends them, or null. Throws ERR_REPLAY_INVALID
   * for an unknown replay, ERR_REPLAY_DISPLACED if the stream has rows of another source, and ERR_REPLAY_MARKET for rows of
   * another source in a replay's own market.
   */
  check(stream: Stream, replay: string | null, engine: Engine | undefined): Promise<void>
  /** Records that rows of no replay are about to be stored. Throws ERR_NOT_STORED. */
  beforeReal(stream: Stream, engine: Engine | undefined): Promise<void>
}

/** Makes the check of the rows of one store. */
export function makeReplayCheck(store: Pick<ReplayStore, 'replay' | 'isForReplays' | 'markReal'>): ReplayCheck {
  const real = new WeakSet<Engine>()
  const replays = new WeakMap<Engine, string>()

  return {
    async check(stream, replay, engine) {
      if (replay === null) return refuseReplayMarket(stream)
      if (engine && replays.get(engine) === replay) return
      await requireReplay(stream, replay)
      if (await store.isForReplays(stream)) {
        if (engine) replays.set(engine, replay)
        return
      }
      throw new CandlewatchError(
        'ERR_REPLAY_DISPLACED',
        `${nameOf(stream)} has rows that no replay sent. Start the replay in a market of its own, replay:NAME/${stream.market}.`,
      )
    },
    async beforeReal(stream, engine) {
      if (engine && real.has(engine)) return
      if (engine) replays.delete(engine)
      await stored(() => store.markReal(stream))
      if (engine) real.add(engine)
    },
  }

  async function requireReplay(stream: Stream, id: string): Promise<void> {
    const replay = /^[\w-]{1,64}$/.test(id) ? await store.replay(id) : null
    if (replay?.market === stream.market && replay.interval === formatInterval(stream.intervalMs)) return
    const message = `replay: Expected the id of a replay of ${nameOf(stream)}, found another. GET /api/replays lists them.`
    throw new CandlewatchError('ERR_REPLAY_INVALID', message, { field: 'replay' })
  }
}

function refuseReplayMarket({ market }: Stream): void {
  const replay = replayedMarket(market)
  if (replay === null) return
  const message = `${market} takes rows of the replay ${replay.name} only. Send other rows to ${replay.of}.`
  throw new CandlewatchError('ERR_REPLAY_MARKET', message)
}

const nameOf = ({ market, intervalMs }: Stream) => `${market} ${formatInterval(intervalMs)}`

import type { CommitStore } from '@candlewatch/adapters/stores/commits'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Pipeline, Verdict } from '@candlewatch/core/types'
import { makeQueue } from '../platform/queue.ts'
import { stored } from '../platform/stored.ts'
import { checkOrder, type Known, refuseLate } from './bar-order.ts'
import { type Corrected, type CorrectingStore, rejudge } from './correct.ts'
import { type Engine, type EngineStore, resume } from './engine.ts'
import { type CommitParts, judgeAndCommit } from './judge-and-commit.ts'

/** Bars in, verdicts out, for every stream that comes in. What was answered is durable; what was not can be sent again. */
export interface Live {
  /**
   * One verdict a bar, in the same order. Bars are of this stream, oldest first. All or nothing is refused:
   * throws ERR_BAR_LATE, ERR_BAR_CONFLICT, ERR_BAR_WARM_UP (with the row's position in `details`), and ERR_NOT_STORED, ERR_BUSY or ERR_STOPPING when it should be sent again.
   */
  answer(stream: Stream, bars: readonly Bar[]): Promise<readonly Verdict[]>
  /**
   * Other numbers for a bar that was judged: it and all bars after it are judged again, by an engine that begins anew before
   * it. Throws what `rejudge` throws, and ERR_NOT_STORED, ERR_BUSY or ERR_STOPPING when it should be sent again.
   */
  correct(stream: Stream, bar: Bar, reason: string): Promise<Corrected>
  /** Refuses what comes from now on and resolves when the batch under way is stored. */
  close(): Promise<void>
}

/** The model that judges, as live needs it. */
export interface CurrentModel {
  /** name@version: whose snapshots are read and written. */
  readonly id: string
  makePipeline(stream: Stream): Pipeline
}

export interface LiveParts extends CommitParts {
  readonly store: EngineStore & CorrectingStore & CommitStore
  /** Asked once a request, so that all rows of one are judged by one model; the next request may find another. */
  currentModel(): CurrentModel
  /** Asked for every bar: one that comes after a change of budget is judged by the new one. */
  alarmsPerWeek(): number
  /** Told of the rows of an answer that were known before it. */
  repeated?(stream: Stream, bars: readonly Bar[]): void
  readonly waitingRequests?: number
}

const enginesKept = 256

interface KeptEngine {
  readonly model: string
  readonly engine: Engine
}

export function makeLive(parts: LiveParts): Live {
  const { store, currentModel, waitingRequests = 1_000 } = parts
  const queue = makeQueue(waitingRequests)
  // One a stream: an engine of another model has missed bars since, so it comes back from the store.
  const engines = new Map<string, KeptEngine>()
  let closing = false

  return {
    answer(stream, bars) {
      const key = keyOf(stream)
      return queue.add(key, () => answerInTurn(key, stream, bars))
    },
    correct(stream, bar, reason) {
      const key = keyOf(stream)
      return queue.add(key, () => correctInTurn(key, stream, bar, reason))
    },
    async close() {
      closing = true
      await queue.drained()
    },
  }

  async function answerInTurn(key: string, stream: Stream, bars: readonly Bar[]): Promise<readonly Verdict[]> {
    refuseWhenClosing()
    const known = await knownOf(key, stream, bars)
    const fresh = checkOrder(stream, bars, known)
    const verdicts = new Map([...known].map(([ts, { verdict }]) => [ts, verdict] as const))
    if (fresh.length > 0) {
      const { id: model, makePipeline } = currentModel()
      const engine = current(key, model, known) ?? (await resume(store, stream, model, () => makePipeline(stream)))
      keep(key, { model, engine })
      refuseLate(stream, fresh, bars, engine.newestTs)
      try {
        await judgeAndCommit(parts, stream, { model, engine }, budgeted(fresh, engine), {
          goOn: refuseWhenClosing,
          committed: steps => steps.forEach(({ verdict }) => void verdicts.set(verdict.ts, verdict)),
        })
      } catch (cause) {
        // The pipeline is ahead of the store now: the store is right, so the next request starts again from there.
        engines.delete(key)
        throw partly(cause, verdicts.size - known.size, fresh.length)
      }
    }
    const isFresh = new Set(fresh)
    const repeats = bars.filter(bar => !isFresh.has(bar))
    parts.repeated?.(stream, repeats)
    return bars.map(bar => verdicts.get(bar.ts)!)
  }

  async function correctInTurn(key: string, stream: Stream, bar: Bar, reason: string): Promise<Corrected> {
    refuseWhenClosing()
    const { id: model, makePipeline } = currentModel()
    const made = () => {
      const pipeline = makePipeline(stream)
      pipeline.alarmsPerWeek = parts.alarmsPerWeek()
      return pipeline
    }
    const { corrected, work } = await rejudge(store, stream, { bar, reason }, model, made)
    if (work === null) return corrected
    // Whatever becomes of the write: what the engine at hand knows may be wrong now.
    engines.delete(key)
    const { correction, seqs } = await stored(work.write)
    keep(key, { model, engine: work.engine })
    parts.publish(
      stream,
      corrected.verdicts.map((verdict, i) => ({ seq: seqs[i]!, verdict })),
    )
    return { ...corrected, correction }
  }

  /** What the store knows of those bars. Of bars after the newest that the engine at hand has learned it knows nothing. */
  async function knownOf(key: string, stream: Stream, bars: readonly Bar[]): Promise<Known> {
    const newest = engines.get(key)?.engine.newestTs
    if (newest !== undefined && bars.every(({ ts }) => ts > newest)) return new Map()
    return store.known(
      stream,
      bars.map(bar => bar.ts),
    )
  }

  /** The engine at hand, unless it is another model's or another process has stored bars since that it does not know of. */
  function current(key: string, model: string, known: Known): Engine | undefined {
    const kept = engines.get(key)
    if (!kept || kept.model !== model) return undefined
    return [...known.keys()].some(ts => ts > kept.engine.newestTs) ? undefined : kept.engine
  }

  function keep(key: string, kept: KeptEngine): void {
    engines.delete(key)
    engines.set(key, kept)
    // Least recently used first. Anyone can name a new market, and a dropped engine comes back from the store as it was.
    const [oldest] = engines.keys()
    if (engines.size > enginesKept && oldest !== undefined) engines.delete(oldest)
  }

  function* budgeted(bars: readonly Bar[], { pipeline }: Engine): Iterable<Bar> {
    for (const bar of bars) {
      pipeline.alarmsPerWeek = parts.alarmsPerWeek()
      yield bar
    }
  }

  function refuseWhenClosing(): void {
    if (closing) {
      throw new CandlewatchError('ERR_STOPPING', 'The server is stopping. Send the rows again when it is back.')
    }
  }
}

/** An array is stored in batches: says how far it came. */
function partly(error: unknown, stored: number, all: number): unknown {
  if (!(error instanceof CandlewatchError) || stored === 0) return error
  const { code, message, cause } = error
  return new CandlewatchError(code, `${message} The first ${stored} of its ${all} new rows are stored already.`, {
    cause,
  })
}

function keyOf(stream: Stream): string {
  return `${stream.market}@${stream.intervalMs}`
}

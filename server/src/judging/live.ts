import type { Correction } from '@candlewatch/adapters/stores/corrections'
import type { HeldRowStore } from '@candlewatch/adapters/stores/held-rows'
import { streamMoved } from '@candlewatch/adapters/stores/owners'
import type { ReplayStore } from '@candlewatch/adapters/stores/replays'
import { type EngineSettings, usualSettings } from '@candlewatch/adapters/stores/settings'
import type { SequencedVerdict } from '@candlewatch/adapters/stores/verdicts'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Stream, streamKey } from '@candlewatch/core/time'
import type { Bar, Ms, Verdict } from '@candlewatch/core/types'
import { makeQueue } from '../platform/queue.ts'
import { stored } from '../platform/stored.ts'
import { checkOrder, type Known, refuseOverlap, refuseTooLate } from './bar-order.ts'
import {
  type Corrected,
  type CorrectingStore,
  type Fillable,
  findCorrectable,
  findFillable,
  findWithdrawable,
} from './correct.ts'
import { type CurrentModel, type Engine, type EngineStore, goingOn, resume } from './engine.ts'
import { type JudgeParts, judgeAndCommit, sequenced } from './judge-and-commit.ts'
import { keepEngines } from './kept-engines.ts'
import { imagined, type MadeUp, madeUpBar } from './made-up-bar.ts'
import { makePublisher } from './publisher.ts'
import { type Change, rejudge } from './rejudge.ts'
import { makeReplayCheck } from './replay-check.ts'
import { confirmed, makeHeldRows } from './rows-ahead.ts'
import { byYear, entersYear } from './years.ts'

/** Judges the bars of all streams. Answered bars are stored durably; bars without an answer can be sent again. */
export interface Live {
  /**
   * Judges checked bars of one stream, oldest first, and resolves to one verdict per bar, in the same order. Bars that are
   * stored already are answered from the store. Bars that fill a gap are judged, and those after them again. Throws
   * ERR_BAR_LATE, ERR_BAR_CONFLICT, ERR_BAR_MISALIGNED and ERR_BAR_WARM_UP, each with the row's position in `details` and nothing stored; and
   * ERR_NOT_STORED, ERR_BUSY, ERR_STREAM_MOVED and ERR_STOPPING when the bars should be sent again.
   * `replay` is the id of the replay that sends the bars: throws what `ReplayCheck.check` throws.
   */
  answer(stream: Stream, bars: readonly Bar[], replay?: string | null): Promise<readonly Verdict[]>
  /**
   * Replaces the numbers of a judged bar: it and all bars after it are judged again. Throws ERR_CORRECTION_UNKNOWN and
   * ERR_CORRECTION_OLD; and ERR_NOT_STORED, ERR_BUSY, ERR_STREAM_MOVED and ERR_STOPPING when it should be sent again.
   */
  correct(stream: Stream, bar: Bar, reason: string): Promise<Corrected>
  /**
   * Takes the newest bar back; the stream goes on from the one before. Throws ERR_CORRECTION_UNKNOWN and ERR_BAR_NOT_NEWEST;
   * and ERR_NOT_STORED, ERR_BUSY, ERR_STREAM_MOVED and ERR_STOPPING when it should be sent again.
   */
  withdraw(stream: Stream, openMs: Ms, reason: string, at: Ms): Promise<Withdrawn>
  /**
   * Judges the rows of an import, oldest first: those that are newer than all stored bars, and those that fill gaps. Rows that
   * are stored stay as they are. `sinceTs` is the close of the newest bar when the import began: rows after it were to be
   * judged, so they fill gaps wherever a live row has overtaken them.
   */
  takeIn(stream: Stream, bars: readonly Bar[], sinceTs: Ms): Promise<TakenIn>
  /**
   * Judges a made-up next bar as the stream's engine would now; nothing is stored or learned. Throws ERR_NOT_FOUND for a stream
   * without bars, ERR_BAR_IMPOSSIBLE, ERR_BUSY, ERR_STREAM_MOVED and ERR_STOPPING.
   */
  whatIf(stream: Stream, numbers: MadeUp): Promise<Verdict>
  /** Refuses all further requests and resolves when the current batch is stored. */
  close(): Promise<void>
}

/** The result of taking in rows of an import. */
export interface TakenIn {
  readonly judged: number
  /** Rows that can no longer be judged. */
  readonly late: number
}

/** The result of a withdrawal. */
export interface Withdrawn {
  readonly correction: Correction
  /** Close of the bar that is now the newest; null without any. */
  readonly newestTs: Ms | null
}

/** The parts that the judge of all streams works with. */
export interface LiveParts extends Omit<JudgeParts, 'refuseWhenClosing' | 'publisher'> {
  /** Called with what was committed, once and in order. */
  publish(stream: Stream, committed: readonly SequencedVerdict[]): void
  readonly store: EngineStore & CorrectingStore & ReplayStore & HeldRowStore
  /** The model that judges a stream. It is read once per request, so that all rows of a request are judged by one model. */
  currentModel(stream: Stream): CurrentModel
  /** The settings that the engine of a stream is made with; the usual ones by default. It is read once per request, too. */
  engineSettings?(stream: Stream): EngineSettings
  /** Called before an engine of a stream begins. Throws for a stream that may not be judged. */
  admit?(stream: Stream): Promise<void>
  /** Called with the bars of an answer that were stored before. */
  repeated?(stream: Stream, bars: readonly Bar[]): void
  /** Called after the newest bar was withdrawn, with the bar that is now the newest. */
  withdrawn?(stream: Stream, newest: Bar | null): void
  readonly maxWaiting?: number
}

const maxEngines = 256

/** Makes the judge of all streams. Requests of one stream are handled one after another, in the order in which they came. */
export function makeLive(parts: LiveParts): Live {
  const { store, publish, currentModel, budget, maxWaiting = 1_000 } = parts
  const publisher = makePublisher({ store, publish })
  const judging: JudgeParts = { ...parts, publisher, refuseWhenClosing }
  const queue = makeQueue(maxWaiting)
  const engines = keepEngines(maxEngines)
  const replayCheck = makeReplayCheck(store)
  const heldRows = makeHeldRows(store)
  const settingsOf = (stream: Stream): EngineSettings => parts.engineSettings?.(stream) ?? usualSettings
  let isClosing = false

  return {
    answer: (stream, bars, replay = null) => queue.add(streamKey(stream), () => answer(stream, bars, replay)),
    correct: (stream, bar, reason) => queue.add(streamKey(stream), () => correct(stream, bar, reason)),
    withdraw: (stream, openMs, reason, at) => queue.add(streamKey(stream), () => withdraw(stream, openMs, reason, at)),
    takeIn: (stream, bars, sinceTs) => queue.add(streamKey(stream), () => takeIn(stream, bars, sinceTs)),
    whatIf: (stream, numbers) => queue.add(streamKey(stream), () => whatIf(stream, numbers)),
    async close() {
      isClosing = true
      await queue.drained()
      publisher.close()
    },
  }

  async function answer(stream: Stream, bars: readonly Bar[], replay: string | null): Promise<readonly Verdict[]> {
    refuseWhenClosing()
    await replayCheck.check(stream, replay, engines.of(stream))
    const known = await knownOf(stream, bars)
    const fresh = checkOrder(stream, bars, known)
    const verdicts = new Map<Ms, Verdict>()
    for (const [ts, { verdict }] of known) if (verdict) verdicts.set(ts, verdict)
    if (fresh.length > 0) {
      for (const verdict of await judge(stream, bars, fresh, known, replay)) verdicts.set(verdict.ts, verdict)
    }
    const isFresh = new Set(fresh)
    parts.repeated?.(
      stream,
      bars.filter(bar => !isFresh.has(bar)),
    )
    return bars.map(bar => verdictOn(bar, verdicts))
  }

  /** Judges the bars that are not stored yet: first those that fill gaps, then those that are newer than all stored bars. */
  async function judge(
    stream: Stream,
    bars: readonly Bar[],
    fresh: readonly Bar[],
    known: Known,
    replay: string | null,
  ): Promise<readonly Verdict[]> {
    const engine = await engineOf(stream, known)
    const late = fresh.filter(({ ts }) => ts <= engine.newestTs)
    if (late.length > 0) await refuseOutdated(engine)
    const fillable = late.length > 0 ? await findFillable(store, stream) : null
    refuseTooLate(stream, late, bars, engine.newestTs, fillable)
    const newer = fresh.slice(late.length)
    refuseOverlap(stream, newer, bars, engine.newestTs)
    const passed =
      replay === null && newer.length > 0
        ? await confirmed({ store, heldRows }, stream, newer, engine.newestTs, bar => bars.indexOf(bar))
        : newer
    if (replay === null) await replayCheck.beforeReal(stream, engine)
    const filled = fillable ? await fill(stream, late, fillable) : []
    if (passed.length === 0) return filled
    const verdicts = await judgeNewest(filled.length > 0 ? await engineOf(stream, known) : engine, passed)
    // It is among them, or they show that it was a mistake.
    await heldRows.release(stream)
    return [...filled, ...verdicts]
  }

  async function takeIn(stream: Stream, bars: readonly Bar[], sinceTs: Ms): Promise<TakenIn> {
    refuseWhenClosing()
    await replayCheck.check(stream, null, engines.of(stream))
    const known = await knownOf(stream, bars)
    const missing = bars.filter(({ ts }) => !known.has(ts))
    if (missing.length === 0) return { judged: 0, late: 0 }
    const engine = await engineOf(stream, known)
    const older = missing.filter(({ ts }) => ts <= engine.newestTs)
    if (older.length > 0) await refuseOutdated(engine)
    const fillable = older.length > 0 ? await findFillable(store, stream, sinceTs) : null
    const filling = fillable ? older.filter(({ ts }) => ts > fillable.afterTs) : []
    const newer = missing.slice(older.length)
    refuseOverlap(stream, newer, bars, engine.newestTs)
    if (filling.length + newer.length > 0) await replayCheck.beforeReal(stream, engine)
    if (fillable) await fill(stream, filling, fillable)
    if (newer.length > 0) await judgeNewest(await engineOf(stream, known), newer)
    return { judged: filling.length + newer.length, late: older.length - filling.length }
  }

  async function whatIf(stream: Stream, numbers: MadeUp): Promise<Verdict> {
    refuseWhenClosing()
    const bar = await madeUpBar(store, stream, numbers)
    const engine = await engineOf(stream, await knownOf(stream, [bar]))
    return imagined(engine, currentModel(stream), bar, budget(stream))
  }

  async function engineOf(stream: Stream, known: Known): Promise<Engine> {
    const model = currentModel(stream)
    const engine =
      engines.find({ stream, model: model.id, settings: settingsOf(stream) }, known.keys()) ??
      (await begin(stream, model))
    engines.keep(engine)
    return engine
  }

  async function judgeNewest(engine: Engine, bars: readonly Bar[]): Promise<readonly Verdict[]> {
    try {
      const verdicts: Verdict[] = []
      for (const part of byYear(bars, engine.stream.intervalMs)) {
        if (entersYear(engine.newestTs, part[0], engine.stream.intervalMs)) {
          await stored(() => store.saveBeginning(goingOn(engine)))
        }
        verdicts.push(...(await judgeAndCommit(judging, engine, part)))
      }
      return verdicts
    } catch (error) {
      // The engine has learned bars that are not stored: the next request resumes from the store.
      engines.drop(engine.stream)
      throw error
    }
  }

  /** Throws ERR_STREAM_MOVED if the store does not have the newest bar that an engine has learned: another process deleted it. */
  async function refuseOutdated({ stream, newestTs }: Engine): Promise<void> {
    const [newest] = await store.bars({ ...stream, fromMs: null, toMs: null, limit: 1 })
    if (newest?.ts === newestTs) return
    engines.drop(stream)
    throw streamMoved(stream)
  }

  async function begin(stream: Stream, model: CurrentModel): Promise<Engine> {
    await parts.admit?.(stream)
    await publisher.begin(stream)
    await heldRows.begin(stream)
    return resume(store, stream, model, settingsOf(stream))
  }

  /** Judges bars that were missing, oldest first, and again all bars after the first of them. */
  async function fill(stream: Stream, missing: readonly Bar[], { newest }: Fillable): Promise<readonly Verdict[]> {
    const [first, ...rest] = missing
    if (!first) return []
    const toJudge = [...missing, ...newest.filter(({ ts }) => ts > first.ts)].sort((a, b) => a.ts - b.ts)
    const reason = missing.length === 1 ? 'A missing row arrived late.' : 'Missing rows arrived late.'
    const { steps } = await change(stream, { kind: 'filled', bars: [first, ...rest], reason, at: first.seen, toJudge })
    return steps.map(({ verdict }) => verdict)
  }

  async function correct(stream: Stream, bar: Bar, reason: string): Promise<Corrected> {
    refuseWhenClosing()
    const { verdict, isSame, later } = await findCorrectable(store, stream, bar)
    if (isSame) return { correction: null, verdicts: [verdict] }
    await replayCheck.beforeReal(stream, engines.of(stream))
    const toJudge = [bar, ...later]
    const { correction, steps } = await change(stream, { kind: 'changed', bars: [bar], reason, at: bar.seen, toJudge })
    return { correction, verdicts: steps.map(step => step.verdict) }
  }

  async function withdraw(stream: Stream, openMs: Ms, reason: string, at: Ms): Promise<Withdrawn> {
    refuseWhenClosing()
    const bar = await findWithdrawable(store, stream, openMs)
    await replayCheck.beforeReal(stream, engines.of(stream))
    const work = { kind: 'withdrawn', bars: [bar], reason, at, toJudge: [] } as const
    const { correction } = await change(stream, work)
    const [newest] = await store.bars({ ...stream, fromMs: null, toMs: null, limit: 1 })
    parts.withdrawn?.(stream, newest ?? null)
    return { correction, newestTs: newest?.ts ?? null }
  }

  /** Changes bars and judges again what follows from them, in one transaction. */
  async function change(stream: Stream, of: Omit<Change, 'budget' | 'settings'>) {
    const { engine, work } = await rejudge(store, stream, currentModel(stream), {
      ...of,
      budget: budget(stream),
      settings: settingsOf(stream),
    })
    // Even if the write fails: the kept engine may have learned numbers that are wrong.
    engines.drop(stream)
    await publisher.begin(stream)
    const { correction, seqs } = await stored(() => store.correct(stream, work)).catch(error => {
      publisher.failed(stream, error)
      throw error
    })
    engines.keep(engine)
    if (work.steps.length > 0) await publisher.committed(stream, sequenced(work.steps, seqs))
    return { correction, steps: work.steps }
  }

  /** The stored bars at these closes. The store has none newer than those that the kept engine has learned. */
  async function knownOf(stream: Stream, bars: readonly Bar[]): Promise<Known> {
    const newest = engines.of(stream)?.newestTs
    if (newest !== undefined && bars.every(({ ts }) => ts > newest)) return new Map()
    return store.known(
      stream,
      bars.map(bar => bar.ts),
    )
  }

  function refuseWhenClosing(): void {
    if (isClosing) {
      throw new CandlewatchError('ERR_STOPPING', 'The server is stopping. Send the rows again when it is back.')
    }
  }
}

function verdictOn({ ts }: Bar, verdicts: ReadonlyMap<Ms, Verdict>): Verdict {
  const verdict = verdicts.get(ts)
  if (!verdict) throw new Error(`Expected a verdict on the bar that closed at ${ts}, found none.`)
  return verdict
}

import { openOf, type Stream } from '@candlewatch/core/time'
import type { Bar, Episode, Ms, Step, Verdict } from '@candlewatch/core/types'
import { modelId } from '@candlewatch/core/verdict'
import type { Range } from '../bars.ts'
import type { ScoreStore } from '../budgets.ts'
import type { Snapshot } from '../commits.ts'
import type { Beginning, Correction, CorrectionStore, JudgingStore, StoredBeginning } from '../corrections.ts'

/** The parts of the store that corrections use. */
export interface Inside extends Pick<ScoreStore, 'saveKnownScores'> {
  /** Writes the verdicts on bars that are stored already, and the snapshot. Returns their seqs. */
  addSteps(steps: readonly Step[], snapshot: Snapshot | null): readonly number[]
  /** Writes an episode over the one that began at the same time. */
  keepEpisode(episode: Episode): void
  /** The bars of a stream by their closes. */
  barsOf(stream: Stream): Map<Ms, Bar>
  /** All verdicts in order of commit, withdrawn ones included. */
  log(): readonly { readonly seq: number; readonly verdict: Verdict; readonly bar: Bar }[]
  /** Withdraws the verdicts from this close on and returns them, oldest first. Deletes snapshots and scores that know of them. */
  withdraw(stream: Stream, from: Ms): readonly Verdict[]
}

interface Kept {
  readonly correction: Correction
  /** The newest verdict when it was made. */
  readonly afterSeq: number
  /** The bars that it changed, as they were; null if they were missing. */
  readonly was: ReadonlyMap<Ms, Bar | null>
  /** Close of the bar before a withdrawn one: those after it came later. */
  readonly previousTs: Ms | null
  readonly verdicts: readonly Verdict[]
}

/** Corrections in memory. */
export function memoryCorrections(inside: Inside): CorrectionStore & JudgingStore & { forget(stream: Stream): void } {
  let began: (Beginning & Pick<StoredBeginning, 'id' | 'afterSeq'>)[] = []
  let lastBeginning = 0
  let corrections: Kept[] = []
  const isOf = (a: Stream, b: Stream) => a.market === b.market && a.intervalMs === b.intervalMs
  const lastSeq = () => inside.log().at(-1)?.seq ?? 0
  const shown = ({ correction }: Kept): Correction => structuredClone(correction)

  const store: CorrectionStore & JudgingStore = {
    async saveBeginning(beginning) {
      const afterSeq = lastSeq()
      const same = ({ model, ts, ...one }: (typeof began)[number]) =>
        isOf(one, beginning) && model === beginning.model && ts === beginning.ts && one.afterSeq === afterSeq
      began = began.filter(one => !same(one))
      began.push({ ...structuredClone(beginning), id: ++lastBeginning, afterSeq })
    },
    async beginnings(stream) {
      return began
        .filter(one => isOf(one, stream))
        .map(({ state, ...beginning }) => ({ ...beginning, hasState: state !== null }))
    },
    async beginningState({ id }) {
      return structuredClone(began.find(one => one.id === id)?.state ?? null)
    },
    async droppedYears() {
      return []
    },
    async correct(
      stream,
      { kind, bars: changed, reason, at, steps, episodeBefore, snapshot, beginning, yearStarts, known },
    ) {
      const bars = inside.barsOf(stream)
      const [first] = changed
      const before = bars.get(first.ts) ?? null
      const earlier = corrections.filter(
        ({ correction }) =>
          isOf(correction, stream) && correction.kind === 'changed' && correction.after?.ts === first.ts,
      )
      const afterSeq = lastSeq()
      const verdicts = inside.withdraw(stream, first.ts)
      if (episodeBefore) inside.keepEpisode(episodeBefore)
      const was = new Map(changed.map(bar => [bar.ts, bars.get(bar.ts) ?? null]))
      const earlierCloses = [...bars.keys()].filter(close => close < first.ts)
      const previousTs = kind === 'withdrawn' ? (Math.max(0, ...earlierCloses) as Ms) : null
      for (const bar of changed) {
        if (kind === 'withdrawn') bars.delete(bar.ts)
        else bars.set(bar.ts, structuredClone(bar))
      }
      await store.saveBeginning(beginning)
      await inside.saveKnownScores(known)
      const correction: Correction = {
        market: stream.market,
        intervalMs: stream.intervalMs,
        id: corrections.length + 1,
        kind,
        openMs: openOf(first, stream.intervalMs),
        bars: changed.length,
        before,
        after: kind === 'withdrawn' ? null : structuredClone(first),
        revision: kind === 'changed' ? earlier.length + 1 : 0,
        reason,
        at,
        withdrawn: verdicts.length,
      }
      const kept = { correction, afterSeq, was, previousTs, verdicts }
      corrections.push(kept)
      const seqs = inside.addSteps(steps, snapshot)
      for (const { stepsBefore, beginning: start } of yearStarts) {
        began.push({ ...structuredClone(start), id: ++lastBeginning, afterSeq: seqs[stepsBefore - 1] ?? afterSeq })
      }
      return { correction: shown(kept), seqs }
    },
    async corrections({ fromMs, toMs, limit, ...stream }: Range) {
      const found = corrections.filter(({ correction }) => {
        const { openMs } = correction
        return isOf(correction, stream) && openMs >= (fromMs ?? -Infinity) && openMs < (toMs ?? Infinity)
      })
      return found.slice(-limit).map(shown)
    },
    async correction(id, limit) {
      const found = corrections.find(({ correction }) => correction.id === id)
      return found ? { correction: shown(found), verdicts: structuredClone(found.verdicts.slice(0, limit)) } : null
    },
    async judged(stream, afterSeq, limit) {
      const found = inside.log().filter(({ seq, bar, verdict }) => {
        const ofStream = bar.market === stream.market && bar.ts - Date.parse(verdict.date) === stream.intervalMs
        return ofStream && seq > afterSeq
      })
      return found.slice(0, limit).map(({ seq, verdict, bar }) => {
        const model = modelId(verdict.model)
        return { seq, model, bar: structuredClone(bar), body: JSON.stringify(verdict) }
      })
    },
    async barsKnownAt(stream, ts, seq, limit, afterTs = 0 as Ms) {
      const known = new Map<Ms, Bar>(inside.barsOf(stream))
      // Newest correction first: each takes its bars back to what they were before.
      const undone = corrections.filter(({ correction, afterSeq }) => isOf(correction, stream) && afterSeq > seq)
      for (const { previousTs, was } of undone.reverse()) {
        for (const close of known.keys()) if (previousTs !== null && close > previousTs) known.delete(close)
        for (const [close, bar] of was) {
          if (bar) known.set(close, bar)
          else known.delete(close)
        }
      }
      const found = [...known.values()].filter(bar => bar.ts > afterTs && bar.ts <= ts).sort((a, b) => a.ts - b.ts)
      return structuredClone(found.slice(-limit))
    },
  }
  return {
    ...store,
    forget(stream) {
      began = began.filter(one => !isOf(one, stream))
      corrections = corrections.filter(({ correction }) => !isOf(correction, stream))
    },
  }
}

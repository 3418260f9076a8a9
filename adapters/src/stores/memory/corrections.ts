import { openOf, type Stream } from '@candlewatch/core/time'
import type { Bar, Episode, Ms, Step, Verdict } from '@candlewatch/core/types'
import { modelId } from '@candlewatch/core/verdict'
import type { Range } from '../bars.ts'
import type { ScoreStore } from '../budgets.ts'
import type { Snapshot } from '../commits.ts'
import type { Correction, CorrectionStore, JudgingStore, StoredBeginning } from '../corrections.ts'

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

/** Corrections in memory. */
export function memoryCorrections(inside: Inside): CorrectionStore & JudgingStore & { forget(stream: Stream): void } {
  let began: StoredBeginning[] = []
  let corrections: (Correction & { readonly afterSeq: number; readonly verdicts: readonly Verdict[] })[] = []
  const isOf = (a: Stream, b: Stream) => a.market === b.market && a.intervalMs === b.intervalMs
  const lastSeq = () => inside.log().at(-1)?.seq ?? 0
  const shown = ({ afterSeq: _, verdicts: __, ...correction }: (typeof corrections)[number]): Correction =>
    structuredClone(correction)

  const store: CorrectionStore & JudgingStore = {
    async saveBeginning(beginning) {
      began.push({ ...structuredClone(beginning), afterSeq: lastSeq() })
    },
    async beginnings(stream) {
      return structuredClone(began.filter(one => isOf(one, stream)))
    },
    async correct(stream, { bar, reason, at, steps, episodeBefore, snapshot, beginning, known }) {
      const bars = inside.barsOf(stream)
      const before = bars.get(bar.ts) as Bar
      const earlier = corrections.filter(one => isOf(one, stream) && one.after.ts === bar.ts)
      const afterSeq = lastSeq()
      const verdicts = inside.withdraw(stream, bar.ts)
      if (episodeBefore) inside.keepEpisode(episodeBefore)
      bars.set(bar.ts, structuredClone(bar))
      await store.saveBeginning(beginning)
      await inside.saveKnownScores(known)
      const { market, intervalMs } = stream
      const made = { id: corrections.length + 1, before, after: structuredClone(bar), revision: earlier.length + 1 }
      const correction = { market, intervalMs, ...made, reason, at, withdrawn: verdicts.length, afterSeq, verdicts }
      corrections.push(correction)
      const seqs = inside.addSteps(steps, snapshot)
      return { correction: shown(correction), seqs }
    },
    async corrections({ fromMs, toMs, limit, ...stream }: Range) {
      const found = corrections.filter(one => {
        const open = openOf(one.after, stream.intervalMs)
        return isOf(one, stream) && open >= (fromMs ?? -Infinity) && open < (toMs ?? Infinity)
      })
      return found.slice(-limit).map(shown)
    },
    async correction(id, limit) {
      const found = corrections.find(one => one.id === id)
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
      const inRange = (bar: Bar) => bar.ts > afterTs && bar.ts <= ts
      const known = [...inside.barsOf(stream).values()].filter(inRange).sort((a, b) => a.ts - b.ts)
      // Newest correction first: each takes its bar back to what it was before.
      const undone = corrections.filter(one => isOf(one, stream) && one.afterSeq > seq).reverse()
      const was = new Map(undone.map(({ before }) => [before.ts, before] as const))
      return structuredClone(known.slice(-limit).map(bar => was.get(bar.ts) ?? bar))
    },
  }
  return {
    ...store,
    forget(stream) {
      began = began.filter(one => !isOf(one, stream))
      corrections = corrections.filter(one => !isOf(one, stream))
    },
  }
}

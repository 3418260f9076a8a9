import { isDeepStrictEqual } from 'node:util'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Reason, Step } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'

/** Tests of corrections that every store passes. `stepOf` makes the bar of the n-th hour of the stream and its verdict. */
export function correctionContract(
  storeOf: () => Store,
  newStream: () => Stream,
  stepOf: (stream: Stream, hour: number) => Step,
): void {
  const everything = { fromMs: null, toMs: null, limit: 1_000 }
  const state = Uint8Array.of(1, 2, 3)

  /** Ten judged hours. */
  async function judged() {
    const [store, stream] = [storeOf(), newStream()]
    const steps = Array.from({ length: 10 }, (_, hour) => stepOf(stream, hour))
    const bars = steps.map(step => step.bar)
    const snapshot = (ts: Ms, model = 'a@1') => ({ ...stream, model, ts, state })
    await store.saveBeginning({ ...stream, model: 'a@1', ts: 0 as Ms, engine: 7, learned: null, state: null })
    await store.commit(stream, steps, snapshot(bars[9]!.ts))
    await store.saveSnapshot(snapshot(bars[9]!.ts, 'b@1'))
    /** The n-th hour with another close: it and those after it say so. */
    async function correct(hour: number, close: number) {
      const bar: Bar = { ...bars[hour]!, close, seen: (bars[9]!.ts + 1) as Ms }
      const again = steps.slice(hour).map((step, i) => ({
        ...step,
        bar: i === 0 ? bar : step.bar,
        verdict: { ...step.verdict, reason: closeOf(close) },
      }))
      const before = hour === 0 ? (0 as Ms) : bars[hour - 1]!.ts
      return store.correct(stream, {
        kind: 'changed',
        bars: [bar],
        reason: "it's wrong; drop table bars",
        at: bar.seen,
        steps: again,
        episodeBefore: null,
        snapshot: snapshot(bars[9]!.ts),
        beginning: { ...stream, model: 'a@1', ts: before, engine: 7, learned: null, state: null },
        yearStarts: [],
        known: { ...stream, model: 'a@1', ts: before, scores: new Uint8Array() },
      })
    }
    return { store, stream, steps, bars, correct }
  }

  describe('a correction', () => {
    test('replaces numbers and verdicts, and keeps the withdrawn ones in the order in which they were written', async () => {
      const { store, stream, steps, bars, correct } = await judged()
      const { correction, seqs } = await correct(6, 1.5)
      const after = { ...bars[6], close: 1.5, seen: bars[9]!.ts + 1 }
      expect(correction).toMatchObject({ revision: 1, withdrawn: 4, before: bars[6], after })
      expect(correction.reason).toBe("it's wrong; drop table bars")
      expect(seqs).toHaveLength(4)
      expect([...seqs].sort((a, b) => a - b)).toEqual(seqs)

      expect((await store.bars({ ...stream, ...everything })).map(bar => bar.close)).toEqual(
        bars.map((bar, i) => (i === 6 ? 1.5 : bar.close)),
      )
      const standing = await store.verdicts({ ...stream, ...everything })
      expect(standing.map(({ verdict }) => isDeepStrictEqual(verdict.reason, closeOf(1.5)))).toEqual(
        bars.map((_, i) => i >= 6),
      )
      expect((await store.known(stream, [bars[6]!.ts])).get(bars[6]!.ts)?.verdict?.reason).toEqual(closeOf(1.5))
      expect((await store.verdictsAfter(stream, seqs[0]! - 1, 99)).map(({ seq }) => seq)).toEqual(seqs)

      const written = await store.judged(stream, 0, 99)
      expect(written.map(({ body }) => JSON.parse(body))).toEqual([
        ...steps.map(step => step.verdict),
        ...steps.slice(6).map(({ verdict }) => ({ ...verdict, reason: closeOf(1.5) })),
      ])
      expect(written.map(({ bar }) => bar.close)).toEqual([
        ...bars.map(bar => bar.close),
        1.5,
        ...bars.slice(7).map(b => b.close),
      ])
      expect((await store.judged(stream, written[11]!.seq, 1)).map(({ seq }) => seq)).toEqual([written[12]!.seq])
    })

    test('returns the verdicts that it withdrew, as they were given', async () => {
      const { store, steps, correct } = await judged()
      const { correction } = await correct(6, 1.5)
      await correct(2, 3.5)
      const said = steps.slice(6).map(step => step.verdict)
      expect(await store.correction(correction.id, 99)).toEqual({ correction, verdicts: said })
      expect((await store.correction(correction.id, 2))?.verdicts).toEqual(said.slice(0, 2))
      expect(await store.correction(987_654_321, 99)).toBeNull()
    })

    test('deletes snapshots of engines that used the old numbers, but keeps their beginnings', async () => {
      const { store, stream, bars, correct } = await judged()
      await correct(6, 1.5)
      expect(await store.snapshot(stream, 'b@1')).toBeNull()
      expect(await store.snapshot(stream, 'a@1')).toMatchObject({ ts: bars[9]!.ts })
      const found = await store.beginnings(stream)
      expect(found.map(({ ts, engine }) => [ts, engine])).toEqual([
        [0, 7],
        [bars[5]!.ts, 7],
      ])
      const last = (await store.judged(stream, 0, 10)).at(-1)!.seq
      expect(found[1]!.afterSeq).toBe(last)
    })

    test('of the same bar again, or of an earlier one, is a revision of its own, and earlier versions of the bars can be read', async () => {
      const { store, stream, bars, correct } = await judged()
      const closes = bars.map(bar => bar.close)
      const first = await correct(6, 1.5)
      const second = await correct(6, 2.5)
      const third = await correct(2, 3.5)
      expect([first, second, third].map(({ correction }) => [correction.revision, correction.withdrawn])).toEqual([
        ...[
          [1, 4],
          [2, 4],
          [1, 8],
        ],
      ])
      expect(second.correction.before?.close).toBe(1.5)
      const knownAt = async (seq: number) =>
        (await store.barsKnownAt(stream, bars[9]!.ts, seq, 99)).map(bar => bar.close)
      const with6 = (close: number) => closes.map((old, i) => (i === 6 ? close : old))
      const original = (await store.judged(stream, 0, 10)).at(-1)!.seq
      expect(await knownAt(original - 1)).toEqual(closes)
      expect(await knownAt(first.seqs.at(-1)! - 1)).toEqual(with6(1.5))
      expect(await knownAt(second.seqs.at(-1)! - 1)).toEqual(with6(2.5))
      expect((await knownAt(third.seqs.at(-1)!))[2]).toBe(3.5)
      expect((await store.barsKnownAt(stream, bars[4]!.ts, third.seqs[0]!, 2)).map(bar => bar.ts)).toEqual([
        bars[3]!.ts,
        bars[4]!.ts,
      ])
      const listed = await store.corrections({ ...stream, ...everything })
      expect(listed.map(({ reason: _, ...one }) => one.after?.close)).toEqual([1.5, 2.5, 3.5])
      expect(await store.corrections({ ...stream, ...everything, limit: 1 })).toEqual([third.correction])
      expect(await store.corrections({ ...newStream(), ...everything })).toEqual([])
    })
  })

  describe('rows that fill gaps, and withdrawn bars', () => {
    /** Ten judged hours without the fourth and fifth, and a way to fill them in or to withdraw the newest. */
    async function gapped() {
      const [store, stream] = [storeOf(), newStream()]
      const steps = Array.from({ length: 10 }, (_, hour) => stepOf(stream, hour))
      const kept = steps.filter((_, hour) => hour !== 4 && hour !== 5)
      await store.saveBeginning({ ...stream, model: 'a@1', ts: 0 as Ms, engine: 7, learned: null, state: null })
      await store.commit(stream, kept, null)
      const tsOf = (hour: number) => (hour < 0 ? (0 as Ms) : steps[hour]!.bar.ts)
      async function change(kind: 'filled' | 'withdrawn', hours: readonly [number, ...number[]]) {
        const [first] = hours
        const start = { ...stream, model: 'a@1', ts: tsOf(first - 1) }
        const [bar, ...others] = hours.map(hour => steps[hour]!.bar)
        return store.correct(stream, {
          kind,
          bars: [bar!, ...others],
          reason: kind,
          at: 7 as Ms,
          steps: kind === 'filled' ? steps.slice(first) : [],
          episodeBefore: null,
          snapshot: { ...start, state },
          beginning: { ...start, engine: 7, learned: null, state: null },
          yearStarts: [],
          known: { ...start, scores: new Uint8Array() },
        })
      }
      const hoursOf = (bars: readonly Bar[]) => bars.map(({ ts }) => steps.findIndex(({ bar }) => bar.ts === ts))
      const storedHours = async () => hoursOf(await store.bars({ ...stream, ...everything }))
      const lastSeq = async () => (await store.judged(stream, 0, 99)).at(-1)!.seq
      const knownAt = async (seq: number) => hoursOf(await store.barsKnownAt(stream, tsOf(9), seq, 99))
      return { store, stream, steps, change, storedHours, lastSeq, knownAt }
    }
    const before = [0, 1, 2, 3, 6, 7, 8, 9]
    const whole = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

    test('the states of engines are stored with the points from which they go on, in order', async () => {
      const [store, stream] = [storeOf(), newStream()]
      const steps = Array.from({ length: 4 }, (_, hour) => stepOf(stream, hour))
      const at = (hour: number) => ({ ...stream, model: 'a@1', ts: steps[hour]?.bar.ts ?? (0 as Ms), engine: 7 })
      const calendar = { timeZone: 'UTC', sessions: [], holidays: [], earlyCloses: [] }
      await store.saveBeginning({ ...at(-1), learned: 1, state: null })
      await store.saveBeginning({ ...at(-1), learned: 0, state: null, settings: { calendar } })
      const seqs = await store.commit(stream, steps, null)
      const bar = { ...(steps[1]?.bar as Bar), volume: 9 }
      const again = steps.slice(1).map((step, i) => (i === 0 ? { ...step, bar } : step))
      const { seqs: later } = await store.correct(stream, {
        kind: 'changed',
        bars: [bar],
        reason: '',
        at: 7 as Ms,
        steps: again,
        episodeBefore: null,
        snapshot: { ...at(0), state },
        beginning: { ...at(0), learned: 1, state: Uint8Array.of(1) },
        yearStarts: [{ stepsBefore: 2, beginning: { ...at(2), learned: null, state: Uint8Array.of(2) } }],
        known: { ...at(0), scores: new Uint8Array() },
      })
      const found = await store.beginnings(stream)
      expect(found[0]?.settings).toEqual({ calendar })
      expect(found.map(({ ts, learned, hasState }) => ({ ts, learned, hasState }))).toEqual([
        { ts: 0, learned: 0, hasState: false },
        { ts: at(0).ts, learned: 1, hasState: true },
        { ts: at(2).ts, learned: null, hasState: true },
      ])
      expect(found[1]?.afterSeq).toBeGreaterThanOrEqual(Number(seqs[3]))
      expect(found[2]?.afterSeq).toBe(later[1])
      expect(await Promise.all(found.map(one => store.beginningState(one)))).toEqual([
        null,
        Uint8Array.of(1),
        Uint8Array.of(2),
      ])
      expect(await store.droppedYears(stream)).toEqual([])
    })

    test('filled bars are stored, and the verdicts after them are replaced', async () => {
      const { store, stream, steps, change, storedHours, lastSeq, knownAt } = await gapped()
      const seq = await lastSeq()
      const { correction, seqs } = await change('filled', [4, 5])
      expect(correction).toMatchObject({ kind: 'filled', bars: 2, before: null, revision: 0, withdrawn: 4 })
      expect(correction.after).toEqual(steps[4]!.bar)
      expect(seqs).toHaveLength(6)
      expect(await storedHours()).toEqual(whole)
      expect(await store.verdicts({ ...stream, ...everything })).toHaveLength(10)
      expect([await knownAt(seq - 1), await knownAt(seq), await knownAt(seqs[0]!)]).toEqual([before, whole, whole])
      expect((await store.judged(stream, 0, 99)).map(({ bar }) => bar)).toEqual(
        [...before, ...whole.slice(4)].map(hour => steps[hour]!.bar),
      )
      const [candle] = (await store.candles({ ...stream, fromMs: null, toMs: null, points: 1 })).candles
      expect(candle).toMatchObject({ bars: 10 })
    })

    test('withdrawn bars are gone, and earlier verdicts still follow from them', async () => {
      const { store, stream, steps, change, storedHours, lastSeq, knownAt } = await gapped()
      const seq = await lastSeq()
      const { correction, seqs } = await change('withdrawn', [9])
      expect(correction).toMatchObject({ kind: 'withdrawn', before: steps[9]!.bar, after: null, withdrawn: 1 })
      expect(seqs).toEqual([])
      await change('withdrawn', [8])
      expect(await storedHours()).toEqual(before.slice(0, -2))
      expect(await store.verdicts({ ...stream, ...everything })).toHaveLength(6)
      expect((await store.coverage({ ...stream, points: 9, maxGaps: 9 })).bars).toBe(6)
      expect(await knownAt(seq - 1)).toEqual(before)
      const begun = await store.beginnings(stream)
      expect(begun.map(({ ts }) => ts)).toEqual([0, steps[8]!.bar.ts, steps[7]!.bar.ts])
      expect(await store.corrections({ ...stream, ...everything, limit: 1 })).toMatchObject([{ bars: 1, after: null }])
    })

    test('bars that came in the place of a withdrawn one were not known before', async () => {
      const { store, stream, steps, change, lastSeq, knownAt } = await gapped()
      await change('withdrawn', [9])
      await change('withdrawn', [8])
      await change('withdrawn', [7])
      const seq = await lastSeq()
      await store.commit(stream, [steps[8]!], null)
      expect(await knownAt(seq - 1)).toEqual(before)
      expect(await knownAt(seq)).toEqual([0, 1, 2, 3, 6, 8])
      await change('withdrawn', [8])
      expect(await knownAt(seq - 1)).toEqual(before)
      expect(await knownAt(seq)).toEqual([0, 1, 2, 3, 6, 8])
    })

    test('a bar that is withdrawn can be sent again with other numbers, also corrected ones, and withdrawn again', async () => {
      const { store, stream, steps, change, lastSeq } = await gapped()
      await change('withdrawn', [9])
      const first = await lastSeq()
      const other = { ...steps[9]!, bar: { ...steps[9]!.bar, volume: 99 } }
      const [again] = await store.commit(stream, [other], null)
      expect((await store.barsKnownAt(stream, other.bar.ts, first - 1, 99)).at(-1)).toEqual(steps[9]!.bar)
      expect((await store.barsKnownAt(stream, other.bar.ts, again!, 99)).at(-1)).toEqual(other.bar)
      expect((await store.judged(stream, first - 1, 99)).map(({ bar }) => bar.volume)).toEqual([7, 99])
      await change('withdrawn', [9])
      expect((await store.judged(stream, first - 1, 99)).map(({ bar }) => bar.volume)).toEqual([7, 99])
      expect(await store.firstJudged(stream)).toBe(steps[0]!.bar.ts)
      expect(await store.firstJudged(newStream())).toBeNull()
    })
  })
}

const closeOf = (close: number): Reason => ({ code: 'stored-text', text: `close ${close}` })

import { exampleVerdict } from '@candlewatch/core/eval/example-verdict'
import { isoDate } from '@candlewatch/core/interval'
import { hourMs, type Stream } from '@candlewatch/core/time'
import type {
  Bar,
  Expectation,
  Label,
  Market,
  Ms,
  PriceForecast,
  Replay,
  Series,
  Step,
  Verdict,
} from '@candlewatch/core/types'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Range } from '../bars.ts'
import type { Store } from '../store.ts'
import { budgetContract } from './budgets.suite.ts'
import { candleContract } from './candles.suite.ts'
import { correctionContract } from './corrections.suite.ts'
import { coverageContract } from './coverage.suite.ts'
import { episodesContract } from './episodes.suite.ts'
import { heldRowContract } from './held-rows.suite.ts'
import { importContract } from './imports.suite.ts'
import { jobContract } from './jobs.suite.ts'
import { keyContract } from './keys.suite.ts'
import { marketContract } from './markets.suite.ts'
import { modelContract } from './models.suite.ts'
import { ownerContract } from './owners.suite.ts'
import { settingsContract } from './settings.suite.ts'
import { toldContract } from './told.suite.ts'

const firstOpen = Date.UTC(2021, 0, 1)
let markets = 0

/** A stream that no other test writes to, so that all of them share one store. */
export const newStream = (intervalMs: number = hourMs): Stream => ({
  market: `test:${++markets}` as Market,
  intervalMs: intervalMs as Ms,
})

export function barAt(stream: Stream, n: number, change: Partial<Bar> = {}): Bar {
  const ts = (firstOpen + (n + 1) * stream.intervalMs) as Ms
  const prices = { open: 100 + n, high: 101 + n, low: 99 + n, close: 100.5 + n, volume: 7 }
  return { market: stream.market, ts, seen: (ts + 3) as Ms, ...prices, ...change }
}

export const barsFrom = (stream: Stream, first: number, end: number): Bar[] =>
  Array.from({ length: end - first }, (_, i) => barAt(stream, first + i))

export function stepAt(stream: Stream, n: number, change: Partial<Verdict> = {}): Step {
  const bar = barAt(stream, n)
  const forecast: PriceForecast = { expected: 101, lower: 99, upper: 103, baseline: 100, model: 101 }
  const usual: Expectation = { expected: 101, lower: 99, upper: 103 }
  const judged: Partial<Verdict> = {
    id: `${bar.market}@${bar.ts}#v1`,
    pValue: 0.1 + 0.2,
    reason: { code: 'stored-text', text: 'The "high" is – as ever – within 3σ.\n' },
    high: { ...forecast, actual: bar.high, absoluteError: 1e-7 },
    detectors: [{ id: 'zscore', score: 1e21, pValue: 5e-324, share: 1 }],
    model: { name: 'test', version: 'v1' },
    next: {
      by: 'model',
      high: forecast,
      low: forecast,
      close: usual,
      volume: usual,
      range: usual,
      date: isoDate(bar.ts),
    },
  }
  const verdict = exampleVerdict(bar, { ...judged, ...change }, stream.intervalMs)
  return { bar, verdict, episodes: [] }
}

export const stepsFrom = (stream: Stream, first: number, end: number): Step[] =>
  Array.from({ length: end - first }, (_, i) => stepAt(stream, first + i))

const all = (stream: Stream): Range => ({ ...stream, fromMs: null, toMs: null, limit: 1_000 })

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const row of rows) list.push(row)
  return list
}

const replayOf = ({ market }: Stream, id: string, change: Partial<Replay> = {}): Replay => ({
  id,
  market,
  interval: '1h',
  source: { kind: 'synthetic', name: 'synthetic 2021, seed 1' },
  from: '2021-01-01T00:00:00Z',
  to: '2021-12-31T23:00:00Z',
  state: 'playing',
  everyMs: 1_000,
  seek: null,
  steps: 0,
  until: null,
  at: null,
  revision: 0,
  ...change,
})

/** Tests that every store passes. */
export function storeContract(name: string, makeStore: () => Promise<Store>): void {
  describe(name, () => {
    let store: Store
    beforeAll(async () => {
      store = await makeStore()
    })
    afterAll(() => store.close())

    describe('bars', () => {
      test('are read as they were written, with every digit', async () => {
        const stream = newStream()
        const odd = barAt(stream, 0, { open: 0.1 + 0.2, high: 1.7976931348623157e308, low: 5e-324, close: 1 / 3 })
        await store.appendWarmUp(stream, [odd])
        expect(await store.bars(all(stream))).toEqual([odd])
      })

      test('stay as they were first when they are added twice', async () => {
        const stream = newStream()
        await store.appendWarmUp(stream, [barAt(stream, 0)])
        await store.appendWarmUp(stream, [barAt(stream, 0, { high: 500 }), barAt(stream, 1)])
        expect(await store.bars(all(stream))).toEqual(barsFrom(stream, 0, 2))
      })

      test('of a range include its first open and exclude its last', async () => {
        const stream = newStream()
        await store.appendWarmUp(stream, barsFrom(stream, 0, 10))
        const range = {
          ...stream,
          fromMs: (firstOpen + 2 * hourMs) as Ms,
          toMs: (firstOpen + 5 * hourMs) as Ms,
          limit: 100,
        }
        expect(await store.bars(range)).toEqual(barsFrom(stream, 2, 5))
      })

      test('over the limit are cut to the newest, oldest first', async () => {
        const stream = newStream()
        await store.appendWarmUp(stream, barsFrom(stream, 0, 10).reverse())
        expect(await store.bars({ ...all(stream), limit: 3 })).toEqual(barsFrom(stream, 7, 10))
      })

      test('after a close exclude that one, and come in more than one page', async () => {
        const stream = newStream()
        const bars = barsFrom(stream, 0, 4_500)
        await store.appendWarmUp(stream, bars)
        expect(await collect(store.barsAfter(stream, 0 as Ms))).toEqual(bars)
        expect(await collect(store.barsAfter(stream, bars[4_490]!.ts))).toEqual(bars.slice(4_491))
      })

      test('of one market at two intervals are two streams', async () => {
        const hourly = newStream()
        const minutely = { ...hourly, intervalMs: 60_000 as Ms }
        await store.appendWarmUp(hourly, barsFrom(hourly, 0, 3))
        await store.appendWarmUp(minutely, barsFrom(minutely, 0, 5))
        expect(await store.bars(all(minutely))).toEqual(barsFrom(minutely, 0, 5))
        const streams = (await store.streams()).filter(({ market }) => market === hourly.market)
        expect(streams).toEqual([
          { ...hourly, bars: 3, firstOpenMs: firstOpen, lastOpenMs: firstOpen + 2 * hourMs },
          { ...minutely, bars: 5, firstOpenMs: firstOpen, lastOpenMs: firstOpen + 4 * 60_000 },
        ])
      })

      test('of another market, or without a number, are refused', async () => {
        const stream = newStream()
        const bad = [barAt(newStream(), 0), barAt(stream, 0, { close: Number.NaN })]
        for (const bar of bad) {
          await expect(store.appendWarmUp(stream, [barAt(stream, 1), bar])).rejects.toMatchObject({
            code: 'ERR_STEP_MISPLACED',
          })
        }
        expect(await store.bars(all(stream))).toEqual([])
      })
    })

    describe('history', () => {
      test('accepts rows again, returns how many it was given, and adds no bars', async () => {
        const stream = newStream()
        const series: Series = { ...stream, name: 'a file', bars: barsFrom(stream, 0, 2_500) }
        expect(await store.appendHistory(series)).toBe(2_500)
        expect(await store.appendHistory(series)).toBe(2_500)
        expect(await store.bars(all(stream))).toEqual([])
        expect(await store.appendHistory({ ...series, bars: [] })).toBe(0)
      })
    })

    describe('a commit', () => {
      test('keeps bars and verdicts together, byte for byte, and returns one increasing seq for each step', async () => {
        const stream = newStream()
        const steps = stepsFrom(stream, 0, 100)
        const seqs = await store.commit(stream, steps, null)
        expect(seqs).toHaveLength(100)
        expect([...seqs].sort((a, b) => a - b)).toEqual(seqs)
        expect(await store.bars(all(stream))).toEqual(steps.map(step => step.bar))
        const verdicts = await store.verdicts(all(stream))
        expect(verdicts.map(({ seq }) => seq)).toEqual(seqs)
        expect(JSON.stringify(verdicts.map(({ verdict }) => verdict))).toBe(JSON.stringify(steps.map(s => s.verdict)))
        expect(await store.lastSeq(stream)).toBe(seqs.at(-1))
      })

      test('repeated, also with other reasons, or overlapping an earlier one fails and writes nothing', async () => {
        const stream = newStream()
        const steps = stepsFrom(stream, 0, 5)
        const snapshot = { ...stream, model: 'v1', ts: steps[4]!.bar.ts, state: Uint8Array.of(1) }
        await store.commit(stream, steps, snapshot)
        const again = steps.map(step => ({
          ...step,
          verdict: { ...step.verdict, reason: { code: 'stored-text' as const, text: 'otherwise' } },
        }))
        const later = { ...snapshot, ts: barAt(stream, 6).ts, state: Uint8Array.of(2) }
        for (const known of [again, [again[3]!], stepsFrom(stream, 4, 7)]) {
          await expect(store.commit(stream, known, later)).rejects.toMatchObject({ code: 'ERR_STEP_NOT_NEW' })
        }
        expect((await store.verdicts(all(stream))).map(({ verdict }) => verdict)).toEqual(steps.map(s => s.verdict))
        expect(await store.bars(all(stream))).toEqual(steps.map(step => step.bar))
        expect(await store.snapshot(stream, 'v1')).toEqual(snapshot)
      })

      test('of a bar that is stored for warm-up fails', async () => {
        const stream = newStream()
        await store.appendWarmUp(stream, [barAt(stream, 1)])
        await expect(store.commit(stream, stepsFrom(stream, 0, 3), null)).rejects.toMatchObject({
          code: 'ERR_STEP_NOT_NEW',
        })
        expect(await store.verdicts(all(stream))).toEqual([])
      })

      test('of another stream at the same time does not fail with one that is refused', async () => {
        const [stream, other] = [newStream(), newStream()]
        await store.commit(stream, stepsFrom(stream, 0, 1), null)
        const outcomes = await Promise.allSettled([
          store.commit(stream, stepsFrom(stream, 1, 2), null),
          store.commit(stream, stepsFrom(stream, 0, 1), null),
          store.commit(other, stepsFrom(other, 0, 2), null),
        ])
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      })

      test('with a bad step writes nothing, not even its snapshot', async () => {
        const stream = newStream()
        const good = stepsFrom(stream, 0, 3)
        const other = newStream()
        const snapshot = { ...stream, model: 'v1', ts: good[2]!.bar.ts, state: Uint8Array.of(1) }
        const bad: Step[] = [
          { ...good[2]!, bar: { ...good[2]!.bar, close: Number.NaN } },
          { ...good[2]!, verdict: stepAt(stream, 9).verdict },
          { ...good[2]!, verdict: stepAt(other, 2).verdict },
          stepAt(stream, 2, { interval: '5m' }),
          stepAt(other, 2),
        ]
        for (const step of bad) {
          const written = store.commit(stream, [good[0]!, good[1]!, step], snapshot)
          await expect(written).rejects.toMatchObject({ code: 'ERR_STEP_MISPLACED' })
        }
        expect(await store.bars(all(stream))).toEqual([])
        expect(await store.snapshot(stream, 'v1')).toBeNull()
        expect(await store.lastSeq(stream)).toBe(0)
      })

      test('without steps returns nothing', async () => {
        expect(await store.commit(newStream(), [], null)).toEqual([])
      })

      test('returns copies, so that changing them changes nothing', async () => {
        const stream = newStream()
        await store.commit(stream, stepsFrom(stream, 0, 1), null)
        const [first] = await store.verdicts(all(stream))
        ;(first!.verdict as { interval: string }).interval = 'changed'
        expect((await store.verdicts(all(stream)))[0]!.verdict).toEqual(stepAt(stream, 0).verdict)
      })
    })

    describe('labels', () => {
      test('are one for each bar, the later instead of the earlier, read by range, oldest first, and removed with their stream', async () => {
        const stream = newStream()
        const labelAt = (n: number, mark: Label['mark'], note = ''): Label => ({
          market: stream.market,
          interval: '1h',
          mark,
          note,
          date: new Date(barAt(stream, n).ts - stream.intervalMs).toISOString().replace('.000', ''),
        })
        const marks = [
          labelAt(5, 'missed'),
          labelAt(2, 'wrong'),
          labelAt(2, 'right', "Tesla's “news”; drop table labels"),
          labelAt(9, 'right'),
        ]
        for (const label of marks) await store.saveLabel(label, 1 as Ms)
        expect(await store.labels(all(stream))).toEqual([marks[2], marks[0], marks[3]])
        expect(await store.labels({ ...all(stream), limit: 1 })).toEqual([marks[3]])
        const before = { ...all(stream), toMs: (barAt(stream, 5).ts - stream.intervalMs) as Ms }
        expect(await store.labels(before)).toEqual([marks[2]])
        await store.forget(stream)
        expect(await store.labels(all(stream))).toEqual([])
      })
    })

    describe('verdicts', () => {
      test.each(['anomalies', 'faults'] as const)(
        '%s are the newest up to the limit, oldest first, within the range',
        async kind => {
          const stream = newStream()
          const [anomaly, fault] = [{ isAnomaly: true }, { status: 'feed-fault' as const }]
          const [wanted, other] = kind === 'anomalies' ? [anomaly, fault] : [fault, anomaly]
          const steps = Array.from({ length: 12 }, (_, n) => stepAt(stream, n, [wanted, other, {}][n % 3]))
          await store.commit(stream, steps, null)
          const found = async (limit: number, toMs: Ms | null = null) =>
            (await store[kind]({ ...all(stream), toMs, limit })).map(({ verdict }) => verdict.ts)
          const closes = [0, 3, 6, 9].map(n => barAt(stream, n).ts)
          expect(await found(100)).toEqual(closes)
          expect(await found(2)).toEqual(closes.slice(2))
          expect(await found(100, barAt(stream, 6).ts)).toEqual(closes.slice(0, 3))
        },
      )

      test('have a next alarm after a close: an anomaly or a feed fault, whichever comes first', async () => {
        const stream = newStream()
        const statuses: readonly Verdict['status'][] = [
          'normal',
          'anomaly',
          'normal',
          'feed-fault',
          'normal',
          'anomaly',
        ]
        const steps = statuses.map((status, n) => {
          const step = stepAt(stream, n)
          return { ...step, verdict: { ...step.verdict, status, isAnomaly: status === 'anomaly' } }
        })
        await store.commit(stream, steps, null)
        const after = async (n: number) => (await store.alarmAfter(stream, barAt(stream, n).ts))?.date
        const dates = [1, 3, 5].map(n => steps[n]!.verdict.date)
        expect(await Promise.all([0, 1, 2, 3, 4, 5].map(after))).toEqual([
          dates[0],
          dates[1],
          dates[1],
          dates[2],
          dates[2],
          undefined,
        ])
        expect(await store.alarmAfter(newStream(), barAt(stream, 0).ts)).toBeNull()
      })

      test('of a range have the bounds of bars and are cut to the newest, oldest first', async () => {
        const stream = newStream()
        const steps = stepsFrom(stream, 0, 10)
        await store.commit(stream, steps, null)
        const range = {
          ...stream,
          fromMs: (firstOpen + 2 * hourMs) as Ms,
          toMs: (firstOpen + 8 * hourMs) as Ms,
          limit: 3,
        }
        const found = await store.verdicts(range)
        expect(found.map(({ verdict }) => verdict)).toEqual(steps.slice(5, 8).map(step => step.verdict))
      })

      test('after a seq are those of the stream, in order of commit, up to the limit', async () => {
        const [one, other] = [newStream(), newStream()]
        const seqs: number[] = []
        for (let n = 0; n < 4; n++) {
          seqs.push(...(await store.commit(one, [stepAt(one, n)], null)))
          await store.commit(other, [stepAt(other, n)], null)
        }
        const found = await store.verdictsAfter(one, 0, 100)
        expect(found.map(({ seq }) => seq)).toEqual(seqs)
        expect(found.map(({ verdict }) => verdict.market)).toEqual(Array(4).fill(one.market))
        expect(await store.verdictsAfter(one, seqs[0]!, 2)).toEqual(found.slice(1, 3))
        expect(await store.settledAfter(one, seqs[0]!, 2)).toEqual(found.slice(1, 3))
      })

      test('of a stream are all read by a reader that resumes after its last seq, while other streams are written', async () => {
        const streams = [newStream(), newStream(), newStream()]
        const followed = streams[1]!
        let writing = streams.length
        const seen: number[] = []
        const write = async (stream: Stream) => {
          const seqs: number[] = []
          for (let n = 0; n < 60; n += 3) {
            seqs.push(...(await store.commit(stream, stepsFrom(stream, n, n + 3), null)))
          }
          writing--
          return seqs
        }
        const read = async () => {
          while (true) {
            const isLastLook = writing === 0
            const found = await store.verdictsAfter(followed, seen.at(-1) ?? 0, 7)
            seen.push(...found.map(({ seq }) => seq))
            if (isLastLook && found.length === 0) return
            await new Promise(setImmediate)
          }
        }
        const [, ...written] = await Promise.all([read(), ...streams.map(write)])
        expect(seen).toEqual(written[1])
        expect(seen).toHaveLength(60)
      })
    })

    describe('the state of a close', () => {
      test('is returned for judged bars with their verdict, for warm-up bars without, and for others not at all', async () => {
        const stream = newStream()
        const judged = stepAt(stream, 1)
        await store.appendWarmUp(stream, [barAt(stream, 0)])
        await store.commit(stream, [judged], null)
        const closes = [0, 1, 2].map(n => barAt(stream, n).ts)
        const known = await store.known(stream, closes)
        expect([...known.keys()]).toEqual(closes.slice(0, 2))
        expect(known.get(closes[0]!)).toEqual({ bar: barAt(stream, 0), verdict: null })
        expect(known.get(closes[1]!)).toEqual({ bar: judged.bar, verdict: judged.verdict })
        expect((await store.known(stream, [])).size).toBe(0)
      })
    })

    describe('a snapshot', () => {
      test('is the newest of its stream and model; an older one does not replace it', async () => {
        const stream = newStream()
        const at = (ts: number, ...state: number[]) => ({
          ...stream,
          model: 'v1',
          ts: ts as Ms,
          state: Uint8Array.of(...state),
        })
        expect(await store.snapshot(stream, 'v1')).toBeNull()
        await store.saveSnapshot(at(0, 0, 255, 92))
        expect(await store.snapshot(stream, 'v1')).toEqual(at(0, 0, 255, 92))
        await store.saveSnapshot(at(2 * hourMs, 2))
        await store.commit(stream, [], at(hourMs, 1))
        expect(await store.snapshot(stream, 'v1')).toEqual(at(2 * hourMs, 2))
        expect(await store.snapshot(stream, 'v2')).toBeNull()
        expect(await store.snapshot(newStream(), 'v1')).toBeNull()
      })
    })

    describe('replays', () => {
      test('are found by id, changed by saving, and listed newest first', async () => {
        const stream = newStream()
        const [older, newer] = [replayOf(stream, `${stream.market}-a`), replayOf(stream, `${stream.market}-b`)]
        await store.saveReplay(older)
        await store.saveReplay(newer)
        const paused = { ...older, state: 'paused' as const, at: '2021-05-19T12:00:00Z', steps: 3, revision: 7 }
        await store.saveReplay(paused)
        expect(await store.replay(older.id)).toEqual(paused)
        expect(await store.replays(2)).toEqual([newer, paused])
        expect(await store.replays(1)).toEqual([newer])
        expect(await store.replay('unknown')).toBeNull()
      })

      test('are changed only if nobody else has changed them since they were read', async () => {
        const stream = newStream()
        const replay = replayOf(stream, stream.market, { revision: 4 })
        await store.saveReplay(replay)
        const next = { ...replay, steps: 1, revision: 5 }
        expect(await store.changeReplay(next, 4)).toBe(true)
        expect(await store.changeReplay({ ...replay, steps: 9, revision: 5 }, 4)).toBe(false)
        expect(await store.replay(replay.id)).toEqual(next)
        expect(await store.changeReplay(replayOf(stream, 'unknown'), 0)).toBe(false)
      })

      test('may write to a stream without rows, and to one whose rows came from replays', async () => {
        const [fresh, replayed, unrecorded, real] = [newStream(), newStream(), newStream(), newStream()]
        await store.saveReplay(replayOf(replayed, replayed.market))
        await store.saveReplay(replayOf(real, real.market))
        await store.markReal(real)
        await store.markReal(real)
        for (const stream of [replayed, unrecorded, real]) await store.commit(stream, stepsFrom(stream, 2, 4), null)
        const may = [fresh, replayed, unrecorded, real].map(stream => store.isForReplays(stream))
        expect(await Promise.all(may)).toEqual([true, true, false, false])
      })

      test('start over without the rows of earlier replays, with their warm-up; labels stay', async () => {
        const stream = newStream()
        await store.saveReplay(replayOf(stream, stream.market))
        await store.commit(stream, stepsFrom(stream, 2, 4), null)
        const label = {
          market: stream.market,
          interval: '1h',
          date: '2021-05-19T02:00:00Z',
          mark: 'wrong',
          note: '',
        } as const
        await store.saveLabel(label, 0 as Ms)
        const warmUp = [barAt(stream, 0), barAt(stream, 1)]
        expect(await store.prepareReplay(stream, { startOver: false, warmUp: [] })).toBe(true)
        expect(await store.verdicts(all(stream))).toHaveLength(2)
        expect(await store.prepareReplay(stream, { startOver: true, warmUp })).toBe(true)
        expect(await store.bars(all(stream))).toEqual(warmUp)
        expect(await store.verdicts(all(stream))).toEqual([])
        expect(await store.replay(stream.market)).toBeNull()
        expect(await store.labels({ ...all(stream), fromMs: null, toMs: null })).toEqual([label])
      })

      test('neither delete nor add anything in a stream with rows of another source', async () => {
        const stream = newStream()
        await store.saveReplay(replayOf(stream, stream.market))
        await store.commit(stream, stepsFrom(stream, 2, 4), null)
        const [before] = [await store.bars(all(stream))]
        await Promise.all([store.markReal(stream), store.markReal(newStream())])
        expect(await store.prepareReplay(stream, { startOver: true, warmUp: [barAt(stream, 0)] })).toBe(false)
        expect(await store.bars(all(stream))).toEqual(before)
        expect(await store.replay(stream.market)).not.toBeNull()
      })
    })

    describe('a stream that is removed', () => {
      test('loses all its verdicts; other streams stay, and a seq is never used again', async () => {
        const [gone, kept] = [newStream(), newStream()]
        for (const stream of [kept, gone]) {
          const snapshot = { ...stream, model: 'v1', ts: barAt(stream, 1).ts, state: Uint8Array.of(1) }
          await store.commit(stream, stepsFrom(stream, 0, 2), snapshot)
          await store.saveReplay(replayOf(stream, stream.market))
        }
        const lastSeq = await store.lastSeq(gone)
        await store.forget(gone)
        expect(await store.bars(all(gone))).toEqual([])
        expect(await store.verdicts(all(gone))).toEqual([])
        expect(await store.snapshot(gone, 'v1')).toBeNull()
        expect(await store.replay(gone.market)).toBeNull()
        expect((await store.streams()).map(({ market }) => market)).not.toContain(gone.market)
        expect(await store.verdicts(all(kept))).toHaveLength(2)
        expect(await store.replay(kept.market)).not.toBeNull()
        const [seq] = await store.commit(gone, [stepAt(gone, 0)], null)
        expect(seq).toBeGreaterThan(lastSeq)
      })
    })

    marketContract(() => store, newStream, stepAt)
    heldRowContract(() => store, newStream, stepAt)
    modelContract(() => store)
    jobContract(() => store)
    budgetContract(() => store, newStream)
    settingsContract(() => store, newStream)
    toldContract(() => store, newStream, stepAt)
    candleContract(() => store, newStream, stepAt)
    episodesContract(() => store, newStream, stepAt)
    coverageContract(() => store, newStream, stepAt)
    keyContract(() => store)
    importContract(() => store, newStream)
    ownerContract(() => store, newStream, stepAt)
    correctionContract(() => store, newStream, stepAt)

    test('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined()
    })
  })
}

import { type Batch, type Source, tracked } from '@candlewatch/adapters/sources/source'
import type { Row } from '@candlewatch/api/bars'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Market, Ms } from '@candlewatch/core/types'
import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import { checkRow } from '../judging/row-check.ts'
import { makeLog } from '../platform/log.ts'
import { btc, hourMs, nowMs, serving, startMs } from '../serving.suite.ts'
import { runSource, type SourceRunnerParts, startSources } from './source-runner.ts'

const eth = 'kraken:ETH-EUR' as Market
const signal = new AbortController().signal

function rowOf(hour: number, changes: Partial<Row> = {}): Row {
  const date = (startMs + hour * hourMs) as Ms
  return {
    market: btc.market,
    interval: hourMs,
    date,
    open: 100,
    high: 110,
    low: 90,
    close: 105,
    volume: 7,
    ...changes,
  }
}

function sourceOf(...batches: readonly (readonly Row[])[]): Source {
  async function* deliver(): AsyncIterable<Batch> {
    for (const [i, rows] of batches.entries()) yield { rows, position: String(i) }
  }
  return { name: 'test', ...tracked(deliver) }
}

function partsOf(answer: SourceRunnerParts['answer'], refused: SourceRunnerParts['refused'] = vi.fn()) {
  const log = makeLog('silent')
  return { check: checkRow, answer, refused, wait: vi.fn(async () => {}), clock: { now: () => nowMs }, log }
}

test('rows of a source are judged like posted ones, each stream separately', async () => {
  const { live, store } = await serving()
  const rows = [rowOf(0), rowOf(0, { market: eth }), rowOf(1)]
  expect(await runSource(sourceOf(rows, [rowOf(2)]), null, partsOf(live.answer), signal)).toBe('1')
  const everything = { fromMs: null, toMs: null, limit: 10 }
  expect(await store.verdicts({ ...btc, ...everything })).toHaveLength(3)
  expect(await store.verdicts({ market: eth, intervalMs: hourMs, ...everything })).toHaveLength(1)
})

test('invalid rows, and rows that contradict stored ones, are refused; the others are judged', async () => {
  const { live, store } = await serving()
  const refused = vi.fn<SourceRunnerParts['refused']>()
  const rows = [rowOf(1), rowOf(2, { low: 0 }), rowOf(3), rowOf(0)]
  await runSource(sourceOf([rowOf(1)], rows), null, partsOf(live.answer, refused), signal)
  expect(refused.mock.calls.map(([, openMs, { code }]) => [(openMs - startMs) / hourMs, code])).toEqual([
    [2, 'ERR_BAR_IMPOSSIBLE'],
    [0, 'ERR_BAR_LATE'],
  ])
  expect(await store.verdicts({ ...btc, fromMs: null, toMs: null, limit: 10 })).toHaveLength(2)
})

test('rows that the database did not store are sent again until it does', async () => {
  const sent: number[] = []
  const answer = vi.fn(async (_stream: Stream, bars: readonly Bar[]) => {
    sent.push(bars.length)
    if (sent.length < 3) throw new CandlewatchError('ERR_NOT_STORED', 'The database is down.')
  })
  const parts = partsOf(answer)
  await runSource(sourceOf([rowOf(0), rowOf(1)]), null, parts, signal)
  expect(sent).toEqual([2, 2, 2])
  expect(parts.wait.mock.calls).toEqual([
    [1, signal],
    [2, signal],
  ])
})

test('the next batch is read only after the previous one is answered', async () => {
  const order: string[] = []
  async function* deliver(): AsyncIterable<Batch> {
    for (const hour of [0, 1]) {
      order.push(`read ${hour}`)
      yield { rows: [rowOf(hour)], position: String(hour) }
    }
  }
  const answer = async () => {
    await new Promise(setImmediate)
    order.push('answered')
  }
  await runSource({ name: 'test', ...tracked(deliver) }, null, partsOf(answer), signal)
  expect(order).toEqual(['read 0', 'answered', 'read 1', 'answered'])
})

test('a permanent error ends the run, and so does the signal', async () => {
  const broken = partsOf(() => Promise.reject(new Error('broken')))
  await expect(runSource(sourceOf([rowOf(0)]), null, broken, signal)).rejects.toThrow('broken')
  const stop = new AbortController()
  const answer = async () => stop.abort(new Error('stopped'))
  await expect(runSource(sourceOf([rowOf(0)], [rowOf(1)]), null, partsOf(answer), stop.signal)).rejects.toThrow(
    'stopped',
  )
})

test('a source that fails is logged and does not stop the others, and all of them can be stopped', async () => {
  const lines: string[] = []
  const answer = vi.fn(async () => {})
  async function* endless(_after: unknown, stop: AbortSignal): AsyncIterable<Batch> {
    yield { rows: [rowOf(0)], position: '0' }
    await new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(stop.reason)))
  }
  const failing = {
    ...sourceOf([rowOf(0)]),
    read: () => sourceOf().read(null, AbortSignal.abort(new Error('no route'))),
  }
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const end = startSources([failing, { name: 'endless', ...tracked(endless) }], { ...partsOf(answer), log })
  await expect.poll(() => answer.mock.calls.length).toBe(1)
  await end()
  expect(lines.map(line => JSON.parse(line).msg)).toEqual(['source failed'])
})

import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { isoDate } from '@candlewatch/core/interval'
import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { btc, jsonOf, rowAt, type Serving, serving } from '../serving.suite.ts'

const minuteMs = 60_000
const startMs = Date.UTC(2021, 0, 1)
const everything = { ...btc, intervalMs: minuteMs as Ms, fromMs: null, toMs: null, limit: 100 }

/** The row of the n-th minute of 2021. */
const minuteRow = (n: number) => rowAt(n, { interval: '1m', date: isoDate(startMs + n * minuteMs) })

/** Posts a row in the second after its close. */
function postInTime(server: Serving, minute: number): Promise<Response> {
  server.nowMs.value = (startMs + (minute + 1) * minuteMs + 1_000) as Ms
  return server.post(minuteRow(minute))
}

async function minutes({ store }: Serving): Promise<readonly number[]> {
  const bars = await store.bars(everything)
  return bars.map(({ ts }) => (ts - startMs) / minuteMs - 1)
}

/** A market of minutes whose rows came in time, and a clock that is two weeks later. */
async function following(store = memoryStore()) {
  const server = await serving({ store })
  for (const minute of [0, 1, 2]) await postInTime(server, minute)
  server.nowMs.value = (startMs + 20_000 * minuteMs) as Ms
  return server
}

test('in a market that follows the clock, a row far ahead is held until the next one confirms it', async () => {
  const server = await following()
  expect(await jsonOf(server.post(minuteRow(19_000)))).toMatchObject({
    status: 409,
    code: 'ERR_BAR_AHEAD',
    field: 'date',
    detail: expect.stringContaining('It is held and will be judged when the next row confirms it.'),
  })
  expect(await minutes(server)).toEqual([0, 1, 2])
  expect((await server.post(minuteRow(19_000))).status).toBe(409)
  expect((await server.post(minuteRow(19_001))).status).toBe(200)
  expect(await minutes(server)).toEqual([0, 1, 2, 19_000, 19_001])
  expect((await server.post(minuteRow(19_000))).status).toBe(200)
  expect(await server.store.held(everything)).toBeNull()
})

test('a held row survives a restart', async () => {
  const store = memoryStore()
  const first = await following(store)
  expect((await first.post(minuteRow(19_000))).status).toBe(409)
  await first.live.close()
  const second = await serving({ store })
  second.nowMs.value = first.nowMs.value
  await store.archive(everything, null)
  expect((await second.post(minuteRow(19_001))).status).toBe(200)
  expect(await minutes(second)).toEqual([0, 1, 2, 19_000, 19_001])
})

test('the real rows go on after a row that was dated too new, which is dropped', async () => {
  const server = await following()
  expect((await server.post(minuteRow(19_000))).status).toBe(409)
  expect((await postInTime(server, 3)).status).toBe(200)
  expect((await postInTime(server, 4)).status).toBe(200)
  expect(await minutes(server)).toEqual([0, 1, 2, 3, 4])
  expect(await server.store.held(everything)).toBeNull()
})

test('rows of one array confirm each other; only a last one that is far ahead is held, and nothing of its array is stored', async () => {
  const server = await following()
  expect(await jsonOf(server.post([minuteRow(3), minuteRow(19_000)]))).toMatchObject({
    code: 'ERR_BAR_AHEAD',
    field: '[1].date',
  })
  expect(await minutes(server)).toEqual([0, 1, 2])
  expect((await server.post([minuteRow(3), minuteRow(18_000), minuteRow(18_001)])).status).toBe(200)
  expect(await minutes(server)).toEqual([0, 1, 2, 3, 18_000, 18_001])
})

test('rows of the past, as of a replay or an import, may have gaps of any length', async () => {
  const server = await serving()
  server.nowMs.value = (startMs + 60_000 * minuteMs) as Ms
  for (const minute of [0, 19_000, 38_000]) expect((await server.post(minuteRow(minute))).status).toBe(200)
})

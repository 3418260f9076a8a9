import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Problem } from '@candlewatch/api/problem'
import type { VerdictAnswer } from '@candlewatch/api/verdict'
import { expect, test } from 'vitest'
import { btc, jsonOf, rowAt, rowsFrom, serving } from '../serving.suite.ts'

const ask = (it: Awaited<ReturnType<typeof serving>>, body: object) => it.send('POST', '/api/what-if', body)

test('a made-up bar gets the verdict that the real one then gets, and leaves no trace', async () => {
  const it = await serving()
  await it.post(rowsFrom(0, 5))
  const { date: _, ...numbers } = rowAt(5)
  const bodies = await Promise.all([1, 2].map(async () => (await ask(it, numbers)).text()))
  expect(bodies[0]).toBe(bodies[1])
  expect(await it.store.bars({ ...btc, fromMs: null, toMs: null, limit: 9 })).toHaveLength(5)
  expect(await (await it.post(rowAt(5))).text()).toBe(bodies[0])
})

test('numbers that are left out follow from the newest bar and from those that are given', async () => {
  const it = await serving()
  await it.post(rowsFrom(0, 3))
  const { close, volume } = rowAt(2)
  const barOf = async (numbers: object) => (await jsonOf<VerdictAnswer>(ask(it, numbers))).bar
  expect(await barOf({})).toEqual({ open: close, high: close, low: close, close, volume })
  const below = close - 20
  expect(await barOf({ close: below })).toEqual({ open: close, high: close, low: below, close: below, volume })
  expect(await barOf({ low: below, volume: 3 })).toEqual({ open: close, high: close, low: below, close, volume: 3 })
})

test('a market without bars, impossible numbers and text are refused with what was expected', async () => {
  const it = await serving()
  await it.post(rowsFrom(0, 3))
  const problem = (body: object) => jsonOf<Problem>(ask(it, body))
  expect(await problem({ market: 'a:b' })).toMatchObject({ status: 404, code: 'ERR_NOT_FOUND' })
  const impossible = { status: 422, code: 'ERR_BAR_IMPOSSIBLE', field: 'close' }
  expect(await problem({ high: 120, close: 121 })).toMatchObject(impossible)
  expect(await problem({ close: '120' })).toMatchObject({ status: 422, code: 'ERR_ROW_INVALID', field: 'close' })
  expect(await it.store.streams()).toHaveLength(1)
})

test('a server that does not own the market asks the owner', async () => {
  const store = memoryStore()
  const [owner, other] = [await serving({ store }), await serving({ store })]
  await owner.post(rowsFrom(0, 4))
  expect(await (await ask(other, { close: 99 })).text()).toBe(await (await ask(owner, { close: 99 })).text())
})

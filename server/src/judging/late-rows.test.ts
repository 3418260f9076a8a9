import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { expect, test } from 'vitest'
import { barAt, btc, jsonOf, rowAt, rowsFrom, serving } from '../serving.suite.ts'
import { fakePipeline, fakeText } from './fake-pipeline.suite.ts'
import { makeLive } from './live.ts'

const everything = { ...btc, fromMs: null, toMs: null, limit: 10_000 }
const hole = [...rowsFrom(0, 4), ...rowsFrom(6, 10)]

/** A server whose market lacks the rows 4 and 5. */
async function gapped() {
  const server = await serving()
  await server.post(hole)
  const texts = async () => (await server.store.verdicts(everything)).map(({ verdict }) => fakeText(verdict))
  const whole = await serving()
  await whole.post(rowsFrom(0, 10))
  const expected = async () => (await whole.store.verdicts(everything)).map(({ verdict }) => fakeText(verdict))
  return { ...server, texts, expected }
}

test('a row that fills a gap is judged, and those after it again', async () => {
  const server = await gapped()
  const response = await server.post(rowAt(4))
  expect(response.status).toBe(200)
  const verdict = await jsonOf<{ date: string; again: unknown }>(response)
  expect(verdict).toMatchObject({ date: rowAt(4).date, again: { kind: 'filled', date: rowAt(4).date } })
  expect((await server.post(rowAt(5))).status).toBe(200)
  const { corrections } = await jsonOf<{ corrections: object[] }>(server.get('/api/corrections'))
  expect(corrections).toMatchObject([
    { kind: 'filled', date: rowAt(4).date, bars: 1, withdrawn: 4, before: null, after: { open: 104 }, revision: 0 },
    { kind: 'filled', date: rowAt(5).date, bars: 1, withdrawn: 4 },
  ])
  expect((await server.texts()).at(-1)).toMatch(/^step 5, warm-up 5,/)
  expect(await server.store.bars(everything)).toHaveLength(10)
  // From then on it is a stored row like any other.
  expect((await server.post(rowsFrom(0, 12))).status).toBe(200)
})

test('an array with rows that fill gaps, stored rows and new ones is answered in order', async () => {
  const server = await gapped()
  const response = await server.post(rowsFrom(2, 12))
  expect(response.status).toBe(200)
  const verdicts = await jsonOf<{ date: string; again?: object }[]>(response)
  expect(verdicts.map(({ date }) => date)).toEqual(rowsFrom(2, 12).map(({ date }) => date))
  expect(verdicts.map(({ again }) => again !== undefined)).toEqual(
    [2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(hour => hour >= 4 && hour < 10),
  )
  const { corrections } = await jsonOf<{ corrections: object[] }>(server.get('/api/corrections'))
  expect(corrections).toMatchObject([{ kind: 'filled', bars: 2, withdrawn: 4 }])
})

test('a row before the first verdict, or with too many bars after it, is refused and says what to do', async () => {
  const server = await serving()
  await server.post(rowsFrom(2, 5))
  expect(await jsonOf(server.post(rowAt(1)))).toMatchObject({
    status: 409,
    code: 'ERR_BAR_LATE',
    field: 'date',
    detail: expect.stringContaining('Import it with POST /api/imports'),
  })

  const store = memoryStore()
  const start = () =>
    makeLive({
      store,
      commits: store,
      currentModel: () => ({ id: 'fake@1', makePipeline: (of: typeof btc) => fakePipeline(of) }),
      budget: () => ({ alarmsPerWeek: 1, feedShare: 0.1 }),
      publish: () => {},
    })
  await start().answer(btc, [barAt(-20_000), barAt(-10_003)])
  await store.appendWarmUp(
    btc,
    Array.from({ length: 10_001 }, (_, i) => barAt(i - 10_001)),
  )
  await expect(start().answer(btc, [barAt(-10_002)])).rejects.toMatchObject({ code: 'ERR_BAR_LATE' })
})

test('the newest bar can be withdrawn, and the stream goes on from the one before', async () => {
  const server = await serving()
  await server.post([...rowsFrom(0, 6), rowAt(500)])
  const withdrawn = (hour: number, query = '&reason=wrong%20year') =>
    fetch(`${server.url}/api/bars?market=${btc.market}&interval=1h&date=${rowAt(hour).date}${query}`, {
      method: 'DELETE',
    })
  expect(await jsonOf(withdrawn(5))).toMatchObject({ status: 409, code: 'ERR_BAR_NOT_NEWEST', field: 'date' })
  expect(await jsonOf(withdrawn(499))).toMatchObject({ status: 404, code: 'ERR_CORRECTION_UNKNOWN' })
  expect(await jsonOf(withdrawn(500, ''))).toMatchObject({ status: 400, code: 'ERR_QUERY_INVALID' })
  const response = await withdrawn(500)
  expect(response.status).toBe(200)
  expect(await jsonOf(response)).toMatchObject({
    correction: { kind: 'withdrawn', date: rowAt(500).date, reason: 'wrong year', withdrawn: 1, after: null },
    newest: rowAt(5).date,
  })
  expect(await server.store.bars(everything)).toHaveLength(6)
  const next = await server.post(rowAt(6))
  expect(next.status).toBe(200)
  const [stored] = (await server.store.verdicts({ ...everything, limit: 1 })).map(({ verdict }) => fakeText(verdict))
  expect(stored).toMatch(/^step 1, warm-up 6,/)
  const { withdrawn: old } = await jsonOf<{ withdrawn: object[] }>(server.get('/api/corrections/1'))
  expect(old).toMatchObject([{ date: rowAt(500).date }])
  // Sent again, it is a new bar.
  expect((await server.post(rowAt(500))).status).toBe(200)
})

test('even the only bar of a market can be withdrawn', async () => {
  const server = await serving()
  await server.post(rowAt(500))
  const query = `market=${btc.market}&interval=1h&date=${rowAt(500).date}&reason=typo`
  const response = await fetch(`${server.url}/api/bars?${query}`, { method: 'DELETE' })
  expect(await jsonOf(response)).toMatchObject({ newest: null })
  expect((await server.post(rowAt(0))).status).toBe(200)
  expect(await server.store.bars(everything)).toHaveLength(1)
})

import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { isoDate } from '@candlewatch/core/interval'
import type { Bar, Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { barAt, barsFrom, hourMs, market, replayOf, seriesOf, stream, verdictOf } from './rows.suite.ts'
import { makePlan, seed } from './seed.ts'

const asked = { fromMs: null, toMs: null, once: false, restart: false }
const openAt = (hour: number) => (Date.UTC(2021, 0, 1) + hour * hourMs) as Ms
const january = seriesOf(barsFrom(0, 744))
const ends = (bars: readonly Bar[]) => [bars[0]?.ts, bars.at(-1)?.ts]

interface Recorded {
  /** False: nobody recorded a replay. */
  readonly byReplay?: boolean
  /** A row of another source came. */
  readonly isReal?: boolean
}

/** A store after a replay from hour `from` that answered up to hour `to`. */
async function replayed(from: number, to: number, options: Recorded = {}) {
  const store = memoryStore()
  await seed(january, { ...asked, fromMs: openAt(from) }, store)
  await store.commit(
    stream,
    barsFrom(from, to).map(bar => ({ bar, verdict: verdictOf(bar), episodes: [] })),
    null,
  )
  if (options.byReplay !== false) await store.saveReplay(replayOf())
  if (options.isReal) await store.markReal(stream)
  return store
}

test('with an empty database and a series that starts with 2021, 25 rows warm up, and the 26th is the first posted', async () => {
  const store = memoryStore()
  const plan = await makePlan(january, asked, store)
  expect(ends(plan.warmUp)).toEqual([barAt(0).ts, barAt(24).ts])
  expect(ends(plan.rows)).toEqual([barAt(25).ts, barAt(743).ts])
  await seed(january, asked, store)
  expect(await store.streams()).toMatchObject([{ bars: 25 }])
})

test('at most 2,000 rows before 2021 warm up, and 2021 is posted', async () => {
  const plan = await makePlan(seriesOf(barsFrom(-2_100, 100)), asked, memoryStore())
  expect(ends(plan.warmUp)).toEqual([barAt(-2_000).ts, barAt(-1).ts])
  expect(ends(plan.rows)).toEqual([barAt(0).ts, barAt(99).ts])
})

test('--from is included, --to is not', async () => {
  const plan = await makePlan(january, { ...asked, fromMs: openAt(100), toMs: openAt(103) }, memoryStore())
  expect(ends(plan.rows)).toEqual([barAt(100).ts, barAt(102).ts])
  expect(plan.warmUp).toHaveLength(100)
})

test('the error about a range without rows says which rows exist', async () => {
  const plan = makePlan(january, { ...asked, fromMs: openAt(9_000) }, memoryStore())
  await expect(plan).rejects.toThrow(/rows.csv holds rows from 2021-01-01T00:00:00Z to 2021-01-31T23:00:00Z/)
})

test('a restart continues after the newest answered row', async () => {
  const plan = await makePlan(january, asked, await replayed(25, 60))
  expect(plan).toMatchObject({ startOver: null, warmUp: [] })
  expect(ends(plan.before)).toEqual([barAt(25).ts, barAt(59).ts])
  expect(ends(plan.rows)).toEqual([barAt(60).ts, barAt(743).ts])
})

test('a restart after all rows were answered has nothing to post', async () => {
  expect((await makePlan(january, asked, await replayed(25, 744))).rows).toEqual([])
})

test('a restart with --once posts every row of the range, including known ones', async () => {
  const plan = await makePlan(january, { ...asked, once: true }, await replayed(25, 744))
  expect(plan).toMatchObject({ startOver: null, before: [] })
  expect(plan.rows).toHaveLength(719)
})

test('--from within the answered rows skips the known ones', async () => {
  const plan = await makePlan(january, { ...asked, fromMs: openAt(30) }, await replayed(25, 60))
  expect(plan.startOver).toBeNull()
  expect(ends(plan.rows)).toEqual([barAt(60).ts, barAt(743).ts])
})

test('--from after the answered rows warms up with the rows between', async () => {
  const plan = await makePlan(january, { ...asked, fromMs: openAt(100) }, await replayed(25, 60))
  expect(ends(plan.warmUp)).toEqual([barAt(60).ts, barAt(99).ts])
})

test('--from before the first answered row starts the replay over; labels stay', async () => {
  const store = await replayed(200, 260)
  const label = { market, interval: '1h', date: isoDate(openAt(210)), mark: 'wrong', note: 'a holiday' } as const
  await store.saveLabel(label, 0 as Ms)
  const plan = await makePlan(january, { ...asked, fromMs: openAt(50) }, store)
  expect(plan.startOver).toMatch(/used as warm-up.*2021-01-11T19:00:00Z/)
  const seeded = await seed(january, { ...asked, fromMs: openAt(50) }, store)
  expect(seeded).toEqual({ series: january, plan })
  expect(await store.streams()).toMatchObject([{ bars: 50 }])
  expect(await store.replays(9)).toEqual([])
  expect(await store.labels({ ...stream, fromMs: null, toMs: null, limit: 9 })).toEqual([label])
})

test('another file for the same market starts the replay over and says which bar differs', async () => {
  const other = seriesOf(january.bars.map((bar, i) => (i === 30 ? { ...bar, volume: 2 } : bar)))
  const plan = await makePlan(other, asked, await replayed(25, 60))
  expect(plan.startOver).toMatch(/bar of 2021-01-02T06:00:00Z is stored with volume 1, the source has 2/)
})

test.each([
  ['nobody recorded a replay', { byReplay: false }],
  ['a row of another source came to an earlier replay', { isReal: true }],
])(
  'if %s, the replay becomes a market of its own, with and without --restart, and nothing is deleted',
  async (_, of) => {
    const store = await replayed(200, 260, of)
    const own = 'replay:rows.csv/bitstamp:BTC-USD'
    for (const restart of [false, true]) {
      const { series, plan } = await seed(january, { ...asked, fromMs: openAt(50), restart }, store)
      expect([series.market, ...new Set(series.bars.map(bar => bar.market))]).toEqual([own, own])
      expect(ends(plan.rows)).toEqual([barAt(50).ts, barAt(743).ts])
      expect(await store.streams()).toMatchObject([
        { market, bars: 260 },
        { market: own, bars: 50 },
      ])
      expect(await store.verdicts({ ...stream, fromMs: null, toMs: null, limit: 999 })).toHaveLength(60)
    }
  },
)

test('a row of another source in a market of a replay leads to a further market', async () => {
  const store = await replayed(200, 260, { isReal: true })
  await store.markReal({ ...stream, market: 'replay:rows.csv/bitstamp:BTC-USD' })
  const { series } = await seed(january, asked, store)
  expect(series.market).toBe('replay:2-rows.csv/bitstamp:BTC-USD')
})

test('a row of another source that comes while a replay is prepared leads to a market of its own', async () => {
  const store = await replayed(200, 260)
  const racing = {
    ...store,
    async prepareReplay(...args: Parameters<typeof store.prepareReplay>) {
      await store.markReal(stream)
      return store.prepareReplay(...args)
    },
  }
  const { series } = await seed(january, { ...asked, restart: true }, racing)
  expect(series.market).toBe('replay:rows.csv/bitstamp:BTC-USD')
  expect((await store.streams())[0]).toMatchObject({ market, bars: 260 })
})

test('a replay of which only the warm-up is stored, as after an interrupted start, starts over without confirmation', async () => {
  const store = memoryStore()
  await store.appendWarmUp(stream, barsFrom(0, 300))
  const plan = await makePlan(january, asked, store)
  expect(plan.startOver).not.toBeNull()
  expect(plan.rows).toHaveLength(719)
})

test('--restart starts over', async () => {
  const plan = await makePlan(january, { ...asked, restart: true }, await replayed(25, 60))
  expect(plan.startOver).toMatch(/--restart/)
  expect(plan.rows).toHaveLength(719)
})

import { migrate } from '@candlewatch/adapters/stores/postgres/migrate'
import { type PostgresStore, postgresStore } from '@candlewatch/adapters/stores/postgres/store'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { hourMs, quietMarket, steadyModel } from '@candlewatch/core/engine/rehearsal.suite'
import { makeRng } from '@candlewatch/core/stats/rng'
import type { Bar, Ms } from '@candlewatch/core/types'
import { checkStream } from '@candlewatch/lab/parity/stream'
import type { CurrentModel } from '@candlewatch/server/judging/engine'
import { type Live, makeLive } from '@candlewatch/server/judging/live'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sql, testServer } from '../../adapters/src/stores/postgres/server.suite.ts'

const server = testServer()
const stream = { market: 'test:BTC-USD', intervalMs: hourMs } as const
const models = { 'steady@1': steadyModel(4), 'steady@2': { ...steadyModel(6), version: '2' } }
type ModelId = keyof typeof models

// 168 hours of 2018, the first and the last days of 2019, and 372 hours of 2020.
const first = Date.parse('2018-12-25T00:00:00Z')
const shifted = quietMarket(9_300, 5).map((bar, i) => {
  const ts = (first + (i + 1) * hourMs) as Ms
  const { open, high, close, volume } = bar
  return {
    market: bar.market,
    ts,
    seen: ts,
    open,
    high,
    low: i % 150 === 120 ? bar.low * 0.93 : bar.low,
    close,
    volume,
  }
})
const isIn2019 = (i: number) => i >= 168 && i < 168 + 8_760
const bars = shifted.filter((_, i) => !isIn2019(i) || i < 300 || i >= 8_800)
const count = (year: number) => bars.filter(bar => new Date(bar.ts - hourMs).getUTCFullYear() === year).length
const [in2018, in2019] = [count(2018), count(2019)]

let url: string
let store: PostgresStore
const said: { model: ModelId } = { model: 'steady@1' }

beforeEach(async () => {
  said.model = 'steady@1'
  url = await server.newDatabase()
  await migrate(url)
  store = postgresStore(url, { connections: 5 })
})
afterEach(() => store.close())

/** A judge; making another one is what a restart does. */
function start(): Live {
  return makeLive({
    store,
    commits: store,
    publish() {},
    barsPerSnapshot: 16,
    budget: () => ({ alarmsPerWeek: 2, feedShare: 0.1 }),
    currentModel: (): CurrentModel => ({
      id: said.model,
      makePipeline: of => makePipeline({ ...of, alarmsPerWeek: 2, feedShare: 0.1 }, models[said.model]),
    }),
  })
}

async function post(live: Live, rows: readonly Bar[], atOnce = 60): Promise<void> {
  for (let i = 0; i < rows.length; i += atOnce) await live.answer(stream, rows.slice(i, i + atOnce))
}

const check = () =>
  checkStream(store, stream, async (id, of) => makePipeline({ ...of, alarmsPerWeek: 0 }, models[id as ModelId]))

const drop = (before: string) => store.dropYears(Date.parse(before) as Ms)

describe('after retention has dropped years, all verdicts that are left are compared and are as stored', () => {
  it('for an engine that began with the first bar of the market', async () => {
    await post(start(), bars)
    expect(await check()).toMatchObject({ compared: bars.length, notCompared: [], difference: null })
    expect(await drop('2019-06-01')).toEqual([2018])
    expect(await check()).toMatchObject({ compared: bars.length - in2018, notCompared: [], difference: null })
    await post(start(), shifted.slice(9_300 - 1))
    expect(await drop('2020-06-01')).toEqual([2019])
    const found = await check()
    expect(found).toMatchObject({ compared: bars.length - in2018 - in2019, notCompared: [], difference: null })
    expect(found.compared).toBeGreaterThan(300)
  })

  it('for an engine whose warm-up lost its older part, before and after corrections', async () => {
    await store.appendWarmUp(stream, bars.slice(0, 100))
    await post(start(), bars.slice(100, 250))
    said.model = 'steady@2'
    const live = start()
    await post(live, bars.slice(250, 400))
    await live.correct(stream, { ...(bars[120] as Bar), volume: 1 }, 'volume in another unit')
    await post(live, bars.slice(400, 420))
    expect(await drop('2019-06-01')).toEqual([2018])
    const kept = 150 - 68 + (150 - 0) + (400 - 168) + 20
    expect(await check()).toMatchObject({ compared: kept, notCompared: [], difference: null })
  })

  it('for a model that comes back after another one has judged across the turn of the year', async () => {
    await post(start(), bars.slice(0, 120))
    said.model = 'steady@2'
    await post(start(), bars.slice(120, 200))
    said.model = 'steady@1'
    await post(start(), bars.slice(200, 230))
    expect(await drop('2019-06-01')).toEqual([2018])
    said.model = 'steady@2'
    await post(start(), bars.slice(230, 280))
    said.model = 'steady@1'
    await post(start(), bars.slice(280, 300))
    expect(await check()).toMatchObject({ compared: 300 - 168, notCompared: [], difference: null })
  })

  it('for a model that comes back after the bars were dropped which it had yet to learn: it starts anew', async () => {
    await post(start(), bars.slice(0, 120))
    said.model = 'steady@2'
    await post(start(), bars.slice(120, 260))
    expect(await drop('2019-06-01')).toEqual([2018])
    said.model = 'steady@1'
    await post(start(), bars.slice(260, 300))
    expect(await check()).toMatchObject({ compared: 300 - 168, notCompared: [], difference: null })
    expect((await store.beginnings(stream)).at(-1)).toMatchObject({ model: 'steady@1', learned: 260 - 168 })
  })

  it('for a market that goes on after all of its bars were dropped', async () => {
    await post(start(), bars.slice(0, 160))
    expect(await drop('2019-06-01')).toEqual([2018])
    expect(await check()).toMatchObject({ compared: 0, notCompared: [], difference: null, chain: '' })
    await post(start(), bars.slice(168, 200))
    expect(await check()).toMatchObject({ compared: 32, notCompared: [], difference: null })
  })
})

/** Bars around the turn of each year, in order. */
function turnsOfYears(): readonly Bar[] {
  return [2010, 2011, 2012, 2013, 2014, 2015, 2016, 2017].flatMap((year, n) =>
    shifted.slice(n * 60, n * 60 + 60).map((bar, i) => {
      const ts = (Date.UTC(year, 0, 1) + (i - 30) * hourMs) as Ms
      return { ...bar, ts, seen: ts }
    }),
  )
}

describe.each([1, 11])('with everything that can happen to a market, in any order (seed %i)', seed => {
  it('holds whenever years are dropped', async () => {
    const rng = makeRng(seed)
    const below = (n: number) => Math.floor(rng.uniform() * n)
    const rows = turnsOfYears()
    const done = { filled: 0, changed: 0, withdrawn: 0, dropped: 0 }
    let missing: Bar[] = []
    let live = start()
    let next = 10
    await post(live, rows.slice(0, next))
    while (next < rows.length) {
      const kind = below(13)
      const kept = await store.bars({ ...stream, fromMs: null, toMs: null, limit: 30 })
      if (kind < 4) {
        const given = rows.slice(next, next + 1 + below(12))
        next += given.length
        const skipped = given.filter(() => below(4) === 0)
        missing.push(...skipped)
        await post(
          live,
          given.filter(row => !skipped.includes(row)),
        )
      } else if (kind < 6 && missing.length > 0) {
        const given = missing.splice(0, 1 + below(3))
        await live.takeIn(stream, given, 0 as Ms)
        done.filled += given.length
      } else if (kind < 8) {
        const bar = kept[below(kept.length)] as Bar
        await live.correct(stream, { ...bar, volume: bar.volume + 1 + below(9) }, 'another volume')
        done.changed += 1
      } else if (kind < 9 && kept.length > 9) {
        await live.withdraw(stream, (Number(kept.at(-1)?.ts) - hourMs) as Ms, 'a mistake', 0 as Ms)
        done.withdrawn += 1
      } else if (kind < 11) said.model = said.model === 'steady@1' ? 'steady@2' : 'steady@1'
      else if (kind < 12) live = start()
      else {
        const { length } = await store.dropYears((Number(rows[next - 1]?.ts) - 5 * hourMs) as Ms)
        if (length > 0) {
          missing = []
          done.dropped += length
          expect(await check()).toMatchObject({ notCompared: [], difference: null })
        }
      }
    }
    expect(Math.min(...Object.values(done)), JSON.stringify(done)).toBeGreaterThan(2)
    expect(await check()).toMatchObject({ notCompared: [], difference: null })
  })
})

describe('what retention no longer needs', () => {
  it('is deleted: points of engines from which no verdict that is left follows', async () => {
    await post(start(), bars)
    const starts = async () => (await store.beginnings(stream)).map(({ ts }) => new Date(ts).toISOString().slice(0, 4))
    expect(await starts()).toEqual(['1970', '2019', '2020'])
    await drop('2019-06-01')
    expect(await starts()).toEqual(['1970', '2019', '2020'])
    await drop('2020-06-01')
    expect(await starts()).toEqual(['1970', '2020'])
  })
})

describe('verdicts of versions that stored no engine states', () => {
  it('are named once their older bars are dropped, and never count as different', async () => {
    await post(start(), bars.slice(0, 250))
    await sql(url, `delete from beginnings where learned is null; update beginnings set learned = null, state = null`)
    expect(await check()).toMatchObject({ compared: 250, notCompared: [], difference: null })
    await drop('2019-06-01')
    const named = [{ reason: 'bars-dropped', verdicts: 250 - 168, model: 'steady@1' }]
    expect(await check()).toMatchObject({ compared: 0, notCompared: named, difference: null })
    // Dropped before anything was recorded about it.
    await sql(url, 'delete from dropped_years')
    expect(await check()).toMatchObject({ compared: 0, notCompared: named, difference: null })
  })
})

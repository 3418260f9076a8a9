import { migrate } from '@candlewatch/adapters/stores/postgres/migrate'
import { type PostgresStore, postgresStore } from '@candlewatch/adapters/stores/postgres/store'
import { type EngineSettings, usualSettings } from '@candlewatch/adapters/stores/settings'
import type { Store } from '@candlewatch/adapters/stores/store'
import { verdictAnswer } from '@candlewatch/api/values/sentences'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { bar, hourMs, quietMarket, steadyModel } from '@candlewatch/core/engine/rehearsal.suite'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import { makeRng } from '@candlewatch/core/stats/rng'
import type { Bar, Ms, Verdict } from '@candlewatch/core/types'
import { Chain } from '@candlewatch/lab/parity/chain'
import { checkStream } from '@candlewatch/lab/parity/stream'
import type { CurrentModel } from '@candlewatch/server/judging/engine'
import { type Live, makeLive } from '@candlewatch/server/judging/live'
import { afterEach, describe, expect, it } from 'vitest'
import { testServer } from '../../adapters/src/stores/postgres/server.suite.ts'

const server = testServer()
const opened: Store[] = []
afterEach(() => Promise.all(opened.splice(0).map(store => store.close())))

/** A database of its own, because seqs and years are shared by all streams of a database. */
async function newStore(): Promise<PostgresStore> {
  const url = await server.newDatabase()
  await migrate(url)
  const store = postgresStore(url, { connections: 2 })
  opened.push(store)
  return store
}

const stream = { market: 'test:BTC-USD', intervalMs: hourMs } as const
const models = { 'steady@1': steadyModel(4), 'steady@2': { ...steadyModel(6), version: '2' } }
type ModelId = keyof typeof models

/** A market with a crash, a bad tick, a stuck feed and a gap. */
function troubledMarket(count: number): Bar[] {
  return quietMarket(count, 11)
    .map((b, i) => {
      if (i % 150 === 120) return { ...b, low: b.low * 0.93, volume: b.volume * 6 }
      if (i % 190 === 100) return { ...b, low: b.low / 4 }
      if (i % 230 > 224) return bar(i, { open: b.close, high: b.close, low: b.close, close: b.close, volume: 0 })
      return b
    })
    .filter((_, i) => i % 260 !== 200)
}

const given = ({ calendar }: EngineSettings) => (calendar ? { calendar } : {})

const check = (store: Store, total?: Chain) =>
  checkStream(
    store,
    stream,
    async (id, of, settings) => makePipeline({ ...of, alarmsPerWeek: 0, ...given(settings) }, models[id as ModelId]),
    total,
  )

/** The JSON of a verdict as it was stored before there were reasons: sentences in their place. */
function storedOnce(verdict: Verdict): string {
  return JSON.stringify(verdictAnswer(verdict), (key, value) => (key === 'reason' ? undefined : value))
}

/** A server's engine over one store; starting it again is what a restart does. */
function serverOn(store: Store) {
  const said = { model: 'steady@1' as ModelId, alarmsPerWeek: 2, feedShare: 0.1, calendar: usualSettings.calendar }
  const start = (): Live =>
    makeLive({
      store,
      commits: store,
      publish() {},
      barsPerSnapshot: 64,
      budget: () => said,
      engineSettings: () => ({ calendar: said.calendar }),
      currentModel: (): CurrentModel => ({
        id: said.model,
        makePipeline(of, settings) {
          const { alarmsPerWeek, feedShare, model } = said
          return makePipeline({ ...of, alarmsPerWeek, feedShare, ...given(settings) }, models[model])
        },
      }),
    })
  return { said, start }
}

async function post(live: Live, bars: readonly Bar[], atOnce = 7): Promise<void> {
  for (let i = 0; i < bars.length; i += atOnce) await live.answer(stream, bars.slice(i, i + atOnce))
}

describe('parity', () => {
  const bars = troubledMarket(700)

  it('holds with faults, restarts, and changes of budget, share and model: every verdict follows from the bars', async () => {
    const store = await newStore()
    const { said, start } = serverOn(store)
    await store.appendWarmUp(stream, bars.slice(0, 50))
    await post(start(), bars.slice(50, 200))
    said.alarmsPerWeek = 8
    await post(start(), bars.slice(200, 260))
    said.model = 'steady@2'
    const live = start()
    await post(live, bars.slice(260, 400), 1)
    said.feedShare = 0.5
    await post(start(), bars.slice(400, 450))
    said.model = 'steady@1'
    await post(start(), bars.slice(450, 700))

    const found = await check(store)
    expect(found).toMatchObject({ compared: bars.length - 50, notCompared: [], difference: null })
    const verdicts = (await store.verdicts({ ...stream, fromMs: null, toMs: null, limit: 1_000 })).map(
      one => one.verdict,
    )
    const kinds = new Set(verdicts.map(v => v.fault?.kind ?? v.status))
    expect([...kinds].sort()).toEqual(expect.arrayContaining(['anomaly', 'bad-tick', 'flat', 'gap', 'normal']))
  })

  it('holds where the calendar changes between two bars, for good or for a while, and over restarts', async () => {
    const store = await newStore()
    const { said, start } = serverOn(store)
    await store.appendWarmUp(stream, bars.slice(0, 50))
    const live = start()
    await post(live, bars.slice(50, 200))
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
    const sessions = [{ days, open: '00:00', close: '23:00' }]
    said.calendar = { timeZone: 'UTC', sessions, holidays: [], earlyCloses: [] }
    await post(live, bars.slice(200, 300))
    await post(start(), bars.slice(300, 400))
    said.calendar = null
    await post(start(), bars.slice(400, 500))
    const beginnings = await store.beginnings(stream)
    expect(beginnings.map(({ settings }) => settings?.calendar?.timeZone ?? null)).toEqual([null, 'UTC', null])
    expect(await check(store)).toMatchObject({ compared: 450, notCompared: [], difference: null })
  })

  it('gives the same chain for the same bars in other portions and without a restart', async () => {
    const [one, many] = [await newStore(), await newStore()]
    await post(serverOn(one).start(), bars.slice(0, 300), 300)
    const { start } = serverOn(many)
    for (let i = 0; i < 300; i += 50) await post(start(), bars.slice(i, i + 50), 3)
    expect((await check(many)).chain).toBe((await check(one)).chain)
  })

  it('holds after corrections: valid and withdrawn verdicts follow from the bars as they were known', async () => {
    const store = await newStore()
    const { start } = serverOn(store)
    const live = start()
    await post(live, bars.slice(0, 300))
    const wrong = bars[200] as Bar
    const right = { ...wrong, close: (wrong.open + wrong.close) / 2 }
    const { correction, verdicts } = await live.correct(stream, right, 'the close was of another market')
    expect(correction).toMatchObject({ revision: 1, withdrawn: 100, before: wrong, after: right })
    expect(verdicts).toHaveLength(100)
    await post(start(), bars.slice(300, 400))
    const again = start()
    await again.correct(stream, { ...(bars[350] as Bar), volume: 1 }, 'volume in another unit')
    await post(again, bars.slice(400, 420))

    expect(await check(store)).toMatchObject({ compared: 420 + 100 + 50, notCompared: [], difference: null })
    expect((await again.answer(stream, [right]))[0]).toEqual(verdicts[0])
    expect((await again.correct(stream, right, 'once more')).correction).toBeNull()
  })

  it('names a verdict that was tampered with, with its field and both values', async () => {
    const store = await newStore()
    await post(serverOn(store).start(), bars.slice(0, 200))
    const tampered: Store = {
      ...store,
      async judged(...asked) {
        const rows = await store.judged(...asked)
        return rows.map((row, i) => {
          if (i !== 150) return row
          const verdict = JSON.parse(row.body) as Verdict
          return { ...row, body: JSON.stringify({ ...verdict, bar: { ...verdict.bar, volume: 1 } }) }
        })
      },
    }
    const { difference, compared } = await check(tampered)
    const { ts, volume } = bars[150] as Bar
    const date = new Date(ts - hourMs).toISOString().replace('.000', '')
    expect(difference).toEqual({ date, field: 'bar.volume', stored: 1, judged: volume })
    expect(compared).toBe(151)
  })

  it('compares verdicts that an earlier version stored with sentences, except for their reasons', async () => {
    const store = await newStore()
    await post(serverOn(store).start(), bars.slice(0, 260))
    const withSentences = (change: Partial<Verdict> = {}): Store => ({
      ...store,
      async judged(...asked) {
        const rows = await store.judged(...asked)
        return rows.map(row => ({ ...row, body: storedOnce({ ...JSON.parse(row.body), ...change }) }))
      },
    })
    expect(await check(withSentences())).toMatchObject({ compared: 260, difference: null })
    const { difference } = await check(withSentences({ pValue: 2 }))
    expect(difference).toMatchObject({ field: 'pValue', stored: 2 })
  })

  it('continues the chain from one stream to the next', async () => {
    const store = await newStore()
    await post(serverOn(store).start(), bars.slice(0, 100))
    const [alone, twice] = [new Chain(), new Chain()]
    const { chain } = await check(store, alone)
    expect(alone.hash).toBe(chain)
    await check(store, twice)
    await check(store, twice)
    expect(twice.hash).not.toBe(chain)
  })

  it('holds after a promotion, a correction and the return of the first model, which goes on from before the correction', async () => {
    const store = await newStore()
    const { said, start } = serverOn(store)
    await post(start(), bars.slice(0, 300))
    said.model = 'steady@2'
    const live = start()
    await post(live, bars.slice(300, 400))
    await live.correct(stream, { ...(bars[350] as Bar), volume: 1 }, 'volume in another unit')
    said.model = 'steady@1'
    await post(start(), bars.slice(400, 700))
    expect(await check(store)).toMatchObject({ compared: bars.length + 50, notCompared: [], difference: null })
  })

  it('holds after the correction of a bar that a model had learned which returns later', async () => {
    const store = await newStore()
    const { said, start } = serverOn(store)
    await post(start(), bars.slice(0, 300))
    said.model = 'steady@2'
    const live = start()
    await post(live, bars.slice(300, 400))
    await live.correct(stream, { ...(bars[250] as Bar), volume: 1 }, 'volume in another unit')
    await post(live, bars.slice(400, 420))
    said.model = 'steady@1'
    await post(start(), bars.slice(420, 500))
    expect(await check(store)).toMatchObject({ compared: 500 + 150, notCompared: [], difference: null })
  })

  it('holds when rows that get no verdict are added after judged ones, as a further replay does', async () => {
    const store = await newStore()
    const { said, start } = serverOn(store)
    await post(start(), bars.slice(0, 200))
    await store.appendWarmUp(stream, bars.slice(260, 400))
    await post(start(), bars.slice(400, 450))
    said.model = 'steady@2'
    await post(start(), bars.slice(450, 460))
    await store.appendWarmUp(stream, bars.slice(480, 500))
    said.model = 'steady@1'
    await post(start(), bars.slice(510, 600))
    expect(await check(store)).toMatchObject({ compared: 200 + 50 + 10 + 90, notCompared: [], difference: null })
  })

  it.each([1, 2])(
    'holds after late rows, withdrawn bars, corrections, imports, restarts and promotions in any order (seed %i)',
    async seed => {
      const store = await newStore()
      const { said, start } = serverOn(store)
      const rng = makeRng(seed)
      const below = (n: number) => Math.floor(rng.uniform() * n)
      const missing: Bar[] = []
      const done = { filled: 0, changed: 0, withdrawn: 0 }
      let live = start()
      let next = 0
      await post(live, bars.slice(0, 30))
      for (next = 30; next < 260; ) {
        const kind = below(12)
        if (kind < 4) {
          const rows = bars.slice(next, next + 1 + below(12))
          next += rows.length
          const skipped = rows.filter(() => below(4) === 0)
          missing.push(...skipped)
          await post(
            live,
            rows.filter(row => !skipped.includes(row)),
          )
        } else if (kind < 6) {
          const rows = missing.splice(0, 1 + below(3))
          if (rows.length > 0 && below(2) === 0) await live.takeIn(stream, rows, 0 as Ms)
          else if (rows.length > 0) await live.answer(stream, rows)
          done.filled += rows.length
        } else if (kind < 8) {
          const stored = await store.bars({ ...stream, fromMs: null, toMs: null, limit: 30 })
          const bar = stored[below(stored.length)] as Bar
          await live.correct(stream, { ...bar, volume: bar.volume + 1 + below(9) }, 'another volume')
          done.changed += 1
        } else if (kind < 10) {
          for (let times = 1 + below(3); times > 0; times--) {
            const [newest] = await store.bars({ ...stream, fromMs: null, toMs: null, limit: 1 })
            await live.withdraw(stream, (Number(newest?.ts) - hourMs) as Ms, 'a mistake', 0 as Ms)
            // Sent again or not, perhaps after later ones.
            if (below(2) === 0) missing.push(newest as Bar)
            missing.sort((a, b) => a.ts - b.ts)
            done.withdrawn += 1
          }
        } else if (kind < 11) said.model = said.model === 'steady@1' ? 'steady@2' : 'steady@1'
        else live = start()
      }
      await post(live, bars.slice(next, next + 30))
      expect(Math.min(done.filled, done.changed, done.withdrawn)).toBeGreaterThan(2)
      expect(await check(store)).toMatchObject({ notCompared: [], difference: null })
    },
  )

  it('names missing bars, missing starts and engines of another version with the reason', async () => {
    const store = await newStore()
    await post(serverOn(store).start(), bars.slice(0, 100))
    await post(serverOn(store).start(), bars.slice(100, 150))
    const of = (change: Partial<Store>) => check({ ...store, ...change })
    const beginnings = await store.beginnings(stream)
    const older = { beginnings: async () => beginnings.map(one => ({ ...one, engine: one.engine - 1 })) }
    const all = { model: 'steady@1', verdicts: 150, from: dateOf(bars[0]), to: dateOf(bars[149]) }
    expect(await of(older)).toMatchObject({ compared: 0, notCompared: [{ ...all, reason: 'other-engine' }] })
    expect(await of({ beginnings: async () => [] })).toMatchObject({ notCompared: [{ ...all, reason: 'no-start' }] })
    const later = {
      beginnings: async () => beginnings.map(one => ({ ...one, ts: (one.ts + hourMs) as typeof one.ts })),
    }
    const none = await of({ ...later, barsKnownAt: async () => [] })
    expect(none).toMatchObject({ compared: 0, notCompared: [{ ...all, reason: 'bars-dropped' }] })
    const gone = new CandlewatchError('ERR_MODEL_MISSING', 'There is no such model.')
    const found = await checkStream(store, stream, () => Promise.reject(gone))
    expect(found).toMatchObject({ compared: 0, notCompared: [{ ...all, reason: 'no-model' }] })
  })
})

const dateOf = (bar: Bar | undefined) => isoDate((bar?.ts ?? 0) - hourMs)

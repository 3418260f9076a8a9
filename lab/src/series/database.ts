import type { BarStore } from '@candlewatch/adapters/stores/bars'
import { openDatabase } from '@candlewatch/adapters/stores/postgres/database'
import type { Store } from '@candlewatch/adapters/stores/store'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, readInterval } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Market, Ms, Series } from '@candlewatch/core/types'
import type { Marks } from '../detection/marks.ts'
import { type Env, readEnv } from '../env.ts'

/** Reads every bar of a market from the database (DATABASE_URL, else the private one). Throws ERR_RANGE_EMPTY. */
export function seriesFromDatabase(market: string, interval: string, env: Env = readEnv()): Promise<Series> {
  return withStore(env, store => readStream(store, market as Market, interval))
}

/** Reads every bar of every stream in the database, but for replays, which repeat others. Throws ERR_RANGE_EMPTY. */
export function everySeriesInDatabase(env: Env = readEnv()): Promise<readonly Series[]> {
  return withStore(env, async store => {
    const streams = (await store.streams()).filter(({ market }) => !market.startsWith('replay:'))
    const all: Series[] = []
    for (const { market, intervalMs } of streams) {
      all.push(await readStream(store, market as Market, formatInterval(intervalMs)))
    }
    if (all.length > 0) return all
    throw new CandlewatchError(
      'ERR_RANGE_EMPTY',
      'Expected at least one stream in the database, found none. Give rows with --csv FILE.',
    )
  })
}

/** Reads all marks that people gave to a market's bars, oldest first. */
export function marksFromDatabase({ market, intervalMs }: Stream, env: Env = readEnv()): Promise<Marks> {
  const all = { market, intervalMs, fromMs: null, toMs: null, limit: Number.MAX_SAFE_INTEGER }
  return withStore(env, async store => ({ market, intervalMs, labels: await store.labels(all) }))
}

/** Opens the database, brings its tables up to date, and closes it when the work is done. */
export async function withStore<T>(env: Env, work: (store: Store) => Promise<T>): Promise<T> {
  const database = await openDatabase({ url: env.DATABASE_URL, dataDir: env.DATA_DIR, connections: 2 })
  try {
    return await work(database.store)
  } finally {
    await database.close()
  }
}

/** Reads the bars of one stream as a series. Throws ERR_RANGE_EMPTY with a list of the streams in the database. */
export async function readStream(
  store: Pick<BarStore, 'barsAfter' | 'streams'>,
  market: Market,
  interval: string,
): Promise<Series> {
  const stream = { market, intervalMs: readInterval(interval) }
  const bars: Bar[] = []
  for await (const bar of store.barsAfter(stream, 0 as Ms)) bars.push(bar)
  if (bars.length > 0) return { name: `database ${market} ${interval}`, ...stream, bars }
  const others = (await store.streams()).map(s => `${s.market} ${formatInterval(s.intervalMs)} (${s.bars} bars)`)
  throw new CandlewatchError(
    'ERR_RANGE_EMPTY',
    `Expected bars of ${market} ${interval} in the database, which holds ${others.join(', ') || 'none of any market'}. Name another, or give rows with --csv FILE.`,
  )
}

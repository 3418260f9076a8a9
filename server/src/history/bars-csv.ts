import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { known, nth } from '@candlewatch/core/nth'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Ms, Verdict } from '@candlewatch/core/types'
import { Router } from 'express'
import { type Given, handle } from '../http/handle.ts'

type Query = Given<'GET /api/bars.csv'>['query']

const barsPerPage = 1_000

/**
 * `GET /api/bars.csv`: any range as a file, oldest first, in the layout that /api/imports and `--csv` read. It is written as
 * fast as the client reads it, so that ten million bars take no more memory than one page of them.
 */
export function barsCsv(store: BarStore & VerdictStore): Router {
  const router = Router()
  handle(router, 'GET /api/bars.csv', async ({ query }, { request, response }) => {
    const lines = linesOf(store, query)
    // Read before the head is sent: a database that does not answer is a problem, not a file that breaks off.
    const first = request.method === 'HEAD' ? null : await lines.next()
    response.attachment(fileName(query)).type('text/csv')
    if (first === null) return
    try {
      await pipeline(Readable.from(from(first, lines)), response)
    } catch {
      // Once the first rows are sent, only a cut connection can report a failure.
      response.destroy()
    }
  })
  return router
}

function fileName({ market, interval, from, to }: Query): string {
  const day = (ms: Ms) => isoDate(ms).slice(0, 10)
  const range = `${from === undefined ? '' : `-from-${day(from)}`}${to === undefined ? '' : `-to-${day(to)}`}`
  return `${market.replaceAll(/[:/]/g, '_')}-${formatInterval(interval)}${range}.csv`
}

async function* from(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (!first.done) yield first.value
  yield* rest
}

async function* linesOf(store: BarStore & VerdictStore, query: Query): AsyncGenerator<string> {
  const withVerdicts = query.verdicts === 'true'
  let head = `market,date,open,high,low,close,volume${withVerdicts ? ',status,severity,p_value' : ''}\n`
  for await (const bars of pages(barsOf(store, query))) {
    const judged = withVerdicts ? await verdictsOf(store, query, bars) : null
    yield `${head}${bars.map(bar => lineOf(bar, query.interval, judged)).join('')}`
    head = ''
  }
  if (head !== '') yield head
}

async function* barsOf(store: BarStore, { market, interval: intervalMs, from, to }: Query): AsyncGenerator<Bar> {
  for await (const bar of store.barsAfter({ market, intervalMs }, from ?? (0 as Ms))) {
    const openMs = openOf(bar, intervalMs)
    if (to !== undefined && openMs >= to) return
    if (from === undefined || openMs >= from) yield bar
  }
}

async function* pages(bars: AsyncIterable<Bar>): AsyncGenerator<readonly Bar[]> {
  let page: Bar[] = []
  for await (const bar of bars) {
    page.push(bar)
    if (page.length < barsPerPage) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

/** The verdicts of bars by their closes. Two models may have judged one bar: the later verdict counts. */
async function verdictsOf(store: VerdictStore, { market, interval: intervalMs }: Query, bars: readonly Bar[]) {
  const [first, last] = [nth(bars, 0), known(bars.at(-1))]
  const fromMs = openOf(first, intervalMs)
  const found = await store.verdicts({ market, intervalMs, fromMs, toMs: last.ts, limit: 2 * bars.length })
  return new Map(found.map(({ verdict }) => [verdict.ts, verdict]))
}

function lineOf(bar: Bar, intervalMs: Ms, judged: ReadonlyMap<Ms, Verdict> | null): string {
  const { market, ts, open, high, low, close, volume } = bar
  const cells = [market, isoDate(openOf(bar, intervalMs)), open, high, low, close, volume]
  if (!judged) return `${cells.join(',')}\n`
  const verdict = judged.get(ts)
  return `${[...cells, verdict?.status ?? '', verdict?.severity ?? '', verdict?.pValue ?? ''].join(',')}\n`
}

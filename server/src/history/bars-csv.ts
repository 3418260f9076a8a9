import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Bar, Ms, Verdict } from '@candlewatch/core/types'
import { Router } from 'express'
import { z } from 'zod'
import { parsed } from '../http/problem.ts'
import { date, expected, streamQuery } from '../http/schemas.ts'

export const barsCsvQuery = streamQuery.extend({
  from: date.optional(),
  to: date.optional(),
  verdicts: z
    .enum(['true', 'false'], { error: expected('true or false') })
    .default('false')
    .openapi({ description: 'true: status, severity and p_value of each bar too.' }),
})
type Query = z.output<typeof barsCsvQuery>

const verdictsAtATime = 1_000

/**
 * `GET /api/bars.csv`: any range as a file, oldest first, in the layout that /api/imports and `--csv` read. Written as fast as
 * it is read, so that ten million bars take no more memory than one page of them.
 */
export function barsCsv(store: BarStore & VerdictStore): Router {
  return Router().get('/api/bars.csv', async (request, response) => {
    const query = parsed(barsCsvQuery, request.query, 'ERR_QUERY_INVALID')
    response.attachment(fileName(query)).type('text/csv')
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    try {
      await pipeline(Readable.from(linesOf(store, query)), response)
    } catch (error) {
      // Once the first rows are on their way a cut connection is all that can still be said.
      if (!response.headersSent) throw error
      response.destroy()
    }
  })
}

function fileName({ market, interval, from, to }: Query): string {
  const day = (ms: Ms) => isoDate(ms).slice(0, 10)
  const range = `${from === undefined ? '' : `-from-${day(from)}`}${to === undefined ? '' : `-to-${day(to)}`}`
  return `${market.replaceAll(/[:/]/g, '_')}-${formatInterval(interval)}${range}.csv`
}

async function* linesOf(store: BarStore & VerdictStore, query: Query): AsyncGenerator<string> {
  const withVerdicts = query.verdicts === 'true'
  yield `market,date,open,high,low,close,volume${withVerdicts ? ',status,severity,p_value' : ''}\n`
  for await (const bars of pages(barsOf(store, query))) {
    const judged = withVerdicts ? await verdictsOf(store, query, bars) : null
    yield bars.map(bar => lineOf(bar, query.interval, judged)).join('')
  }
}

async function* barsOf(store: BarStore, { market, interval: intervalMs, from, to }: Query): AsyncGenerator<Bar> {
  // A bar closes one interval after its open: the first wanted one closes after this.
  const after = (from === undefined ? 0 : from + intervalMs - 1) as Ms
  for await (const bar of store.barsAfter({ market, intervalMs }, after)) {
    if (to !== undefined && bar.ts - intervalMs >= to) return
    yield bar
  }
}

async function* pages(bars: AsyncIterable<Bar>): AsyncGenerator<readonly Bar[]> {
  let page: Bar[] = []
  for await (const bar of bars) {
    page.push(bar)
    if (page.length < verdictsAtATime) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

/** By the bars' closes. Two models may have judged one bar: the later word counts. */
async function verdictsOf(store: VerdictStore, { market, interval: intervalMs }: Query, bars: readonly Bar[]) {
  const [first, last] = [bars[0]!, bars.at(-1)!]
  const fromMs = (first.ts - intervalMs) as Ms
  const found = await store.verdicts({ market, intervalMs, fromMs, toMs: last.ts, limit: 2 * bars.length })
  return new Map(found.map(({ verdict }) => [verdict.ts, verdict]))
}

function lineOf(bar: Bar, intervalMs: Ms, judged: ReadonlyMap<Ms, Verdict> | null): string {
  const { market, ts, open, high, low, close, volume } = bar
  const cells = [market, isoDate(ts - intervalMs), open, high, low, close, volume]
  if (!judged) return `${cells.join(',')}\n`
  const verdict = judged.get(ts)
  return `${[...cells, verdict?.status ?? '', verdict?.severity ?? '', verdict?.pValue ?? ''].join(',')}\n`
}

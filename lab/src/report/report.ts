import { type Interval, weeklyBootstrap } from '@candlewatch/core/eval/bootstrap'
import { type Accuracy, accuracy, coverage, type RangeShares, rangeShares } from '@candlewatch/core/eval/score'
import { known } from '@candlewatch/core/nth'
import { makeRng } from '@candlewatch/core/stats/rng'
import type { JudgedRow, PriceRow } from './judged-rows.ts'
import type { Peer } from './peer.ts'

/** A forecaster's error minus another's, as the mean over the rows that both forecast, in quote currency; below 0 = smaller error. */
export interface Difference {
  readonly rows: number
  readonly mean: number
  /** By a weekly block bootstrap; null with fewer than four weeks. */
  readonly interval95: Interval | null
}

/** How accurate a forecaster is. */
export interface Score extends Accuracy {
  /** The mean absolute error divided by that of the naive forecast on the same rows. */
  readonly ratio: number
  readonly lessNaive: Difference
}

/** The high or the low. The score itself is that of the engine, with the skill gate; `model` is the model alone. */
export interface PriceReport extends Score {
  readonly coverage90: number
  readonly shares: RangeShares
  readonly model: Score
  readonly baselines: Readonly<Record<string, Score>>
  readonly peers: Readonly<Record<string, Score & { readonly modelLessPeer: Difference }>>
}

/** The forecast half of the report card. */
export interface ForecastReport {
  readonly high: PriceReport
  readonly low: PriceReport
  /** The number of bars for which each forecaster was the driver. */
  readonly drivers: { readonly model: number; readonly naive: number }
}

/** The rows of a calendar year, UTC. */
export interface Period {
  readonly period: string
  readonly rows: number
  readonly forecast: ForecastReport
}

/** The high or the low in one month. */
export interface MonthPrice {
  readonly coverage90: number
  readonly mae: { readonly engine: number; readonly model: number; readonly naive: number }
}

/** One calendar month, UTC. */
export interface Month {
  readonly month: string
  readonly rows: number
  readonly high: MonthPrice
  readonly low: MonthPrice
}

/** All numbers of the forecast half. */
export interface Figures {
  readonly forecast: ForecastReport
  readonly byPeriod: readonly Period[]
  readonly months: readonly Month[]
}

/** How the intervals were computed. */
export const bootstrap = { draws: 2_000, seed: 1, block: 'calendar week' } as const
const peerPrefix = 'peer '

/** Adds the peer's forecasts to the rows under `peer NAME`; a row that the peer did not forecast stays as it is. */
export function joinPeer(rows: readonly JudgedRow[], { name, byOpen }: Peer): JudgedRow[] {
  return rows.map(row => {
    const point = byOpen.get(row.openMs)
    const join = (price: 'high' | 'low'): PriceRow =>
      point ? { ...row[price], expected: { ...row[price].expected, [peerPrefix + name]: point[price] } } : row[price]
    return { ...row, high: join('high'), low: join('low') }
  })
}

/** Computes all numbers of the forecast half from at least one row. */
export function figuresOf(rows: readonly JudgedRow[]): Figures {
  return {
    forecast: forecastReport(rows),
    byPeriod: grouped(rows, 4).map(([period, of]) => ({ period, rows: of.length, forecast: forecastReport(of) })),
    months: grouped(rows, 7).map(([month, of]) => ({
      month,
      rows: of.length,
      high: monthPrice(of.map(row => row.high)),
      low: monthPrice(of.map(row => row.low)),
    })),
  }
}

/** Groups rows by the first characters of their open in ISO 8601 UTC: 4 for years, 7 for months. */
function grouped(rows: readonly JudgedRow[], letters: number): [period: string, rows: JudgedRow[]][] {
  const groups = new Map<string, JudgedRow[]>()
  for (const row of rows) {
    const period = new Date(row.openMs).toISOString().slice(0, letters)
    const group = groups.get(period)
    if (group) group.push(row)
    else groups.set(period, [row])
  }
  return [...groups]
}

function forecastReport(rows: readonly JudgedRow[]): ForecastReport {
  const byModel = rows.filter(row => row.by === 'model').length
  return {
    high: priceReport(rows, 'high'),
    low: priceReport(rows, 'low'),
    drivers: { model: byModel, naive: rows.length - byModel },
  }
}

function priceReport(rows: readonly JudgedRow[], price: 'high' | 'low'): PriceReport {
  const ids = new Set(rows.flatMap(row => Object.keys(row[price].expected)))
  const naiveFirst = ['naive', ...[...ids].filter(id => !['engine', 'model', 'naive'].includes(id))]
  const named = (id: string) => (id === 'lastHighLow' ? (price === 'high' ? 'lastHigh' : 'lastLow') : id)
  const ranged = rows.map(row => ranges(row[price]))
  return {
    ...score(rows, price, 'engine'),
    coverage90: coverage(ranged),
    shares: rangeShares(ranged),
    model: score(rows, price, 'model'),
    baselines: Object.fromEntries(
      naiveFirst.filter(id => !id.startsWith(peerPrefix)).map(id => [named(id), score(rows, price, id)]),
    ),
    peers: Object.fromEntries(
      naiveFirst
        .filter(id => id.startsWith(peerPrefix))
        .map(id => [
          id.slice(peerPrefix.length),
          { ...score(rows, price, id), modelLessPeer: difference(rows, price, 'model', id) },
        ]),
    ),
  }
}

function score(rows: readonly JudgedRow[], price: 'high' | 'low', id: string): Score {
  const known = rows.map(row => row[price]).filter(row => id in row.expected)
  const of = accuracy(known.map(row => outcome(row, id)))
  const { mae: naiveMae } = accuracy(known.map(row => outcome(row, 'naive')))
  // Two forecasters without errors are equal.
  const ratio = naiveMae > 0 ? of.mae / naiveMae : of.mae > 0 ? Number.MAX_VALUE : 1
  return { ...of, ratio, lessNaive: difference(rows, price, id, 'naive') }
}

function difference(rows: readonly JudgedRow[], price: 'high' | 'low', id: string, other: string): Difference {
  const values = rows.flatMap(row => {
    const { actual, expected } = row[price]
    const [mine, theirs] = [expected[id], expected[other]]
    if (mine === undefined || theirs === undefined) return []
    return [{ openMs: row.openMs, value: Math.abs(actual - mine) - Math.abs(actual - theirs) }]
  })
  const mean = values.reduce((sum, { value }) => sum + value, 0) / values.length
  // The same seed each time, so that all forecasters are compared on the same draws.
  return { rows: values.length, mean, interval95: weeklyBootstrap(values, makeRng(bootstrap.seed), bootstrap.draws) }
}

function monthPrice(rows: readonly PriceRow[]): MonthPrice {
  const mae = (id: string) => accuracy(rows.map(row => outcome(row, id))).mae
  return {
    coverage90: coverage(rows.map(ranges)),
    mae: { engine: mae('engine'), model: mae('model'), naive: mae('naive') },
  }
}

function outcome({ actual, expected }: PriceRow, id: string) {
  return { actual, expected: known(expected[id]) }
}

function ranges({ actual, lower, upper, expected }: PriceRow) {
  return { actual, lower, upper, expected: known(expected.engine) }
}

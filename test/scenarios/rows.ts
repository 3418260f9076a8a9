import { makeRng } from '@candlewatch/core/stats/rng'

/** A row as JSON, field by field: values are written down as they stand, so that one can be what JSON does not know. */
export type RawRow = ReadonlyMap<string, string>

const startMs = Date.UTC(2021, 0, 1)
const hours = 2_000
const cents = (x: number) => Math.round(x * 100) / 100

/** The ordinary market: hourly, about 1 % between high and low, never far from 100. */
const candles = (() => {
  const rng = makeRng(1)
  let close = 100
  return Array.from({ length: hours }, () => {
    const open = close
    const path = Array.from({ length: 12 }, () => {
      close = cents(close * Math.exp(0.002 * rng.normal() + 0.002 * Math.log(100 / close)))
      return close
    })
    const volume = cents(100 + 20 * rng.uniform())
    return { open, high: Math.max(open, ...path), low: Math.min(open, ...path), close, volume }
  })
})()

/** `hour`: since 2021-01-01T00:00:00Z. */
export const dateOf = (hour: number) => new Date(startMs + hour * 3_600_000).toISOString().replace('.000', '')

export function ordinaryRow(market: string, hour: number): RawRow {
  const candle = candles[hour]
  if (!candle) throw new Error(`Expected a row from 0 to ${hours - 1}, found ${hour}.`)
  return new Map(
    Object.entries({ market, date: dateOf(hour), ...candle }).map(([name, value]) => [name, JSON.stringify(value)]),
  )
}

export function jsonOf(row: RawRow): string {
  return `{${[...row].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`
}

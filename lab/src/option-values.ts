import { timeMsOf } from '@candlewatch/adapters/sources/csv/cell'
import { parseInterval, readInterval } from '@candlewatch/core/interval'
import type { Ms } from '@candlewatch/core/types'
import { InvalidArgumentError } from 'commander'

// Parsers of the lab's options. Each throws InvalidArgumentError with an example.

/** Parses a date to epoch ms. */
export const date = (text: string): number => {
  const ms = timeMsOf(text)
  if (Number.isNaN(ms)) throw new InvalidArgumentError('Expected a date, for example 2021-01-01.')
  return ms
}

/** Parses a whole number of at least 1. */
export const whole = (text: string): number => {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of at least 1.')
  return Number(text)
}

/** Parses a number between 0 and 1. */
export const share = (text: string): number => {
  const x = Number(text)
  if (!(x > 0 && x < 1)) throw new InvalidArgumentError('Expected a number between 0 and 1.')
  return x
}

/** Parses 0 or a number between 0 and 1. */
export const shareOrNone = (text: string): number => (Number(text) === 0 && text.trim() !== '' ? 0 : share(text))

/** Parses the name of a model folder, which cannot lead out of its parent folder. */
export const modelName = (text: string): string => {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(text))
    throw new InvalidArgumentError('Expected letters, digits, dots, dashes and underscores, as in btc-usd-1h.')
  return text
}

/** Parses an interval, such as 1h. */
export const interval = (text: string): string => {
  if (parseInterval(text) === null)
    throw new InvalidArgumentError('Expected an interval such as 1m, 1h, 1d or 1M, a month.')
  return text
}

/** Parses a list of intervals, such as 5m,4h. */
export const intervals = (text: string): Ms[] => text.split(',').map(one => readInterval(interval(one)))

/** Parses a market, such as bitstamp:BTC-USD. */
export const marketName = (text: string): string => {
  if (!/^(replay:[^\s:]+\/)?[^\s:]+:[^\s:]+$/.test(text))
    throw new InvalidArgumentError('Expected venue and instrument, as in bitstamp:BTC-USD.')
  return text
}

/** Parses a pair in the notation of Binance. */
export const symbol = (text: string): string => {
  if (!/^[A-Z0-9]{5,20}$/.test(text)) throw new InvalidArgumentError('Expected a pair, as in BTCUSDT.')
  return text
}

/** Parses a list of years, sorted and each once. */
export const years = (text: string): number[] => {
  const found = text.split(',').map(Number)
  if (!/^20\d\d(,20\d\d)*$/.test(text) || found.some(year => year < 2017))
    throw new InvalidArgumentError('Expected years from 2017 on, as in 2019,2020.')
  return [...new Set(found)].sort((a, b) => a - b)
}

/** Parses FROM..TO, the end excluded. */
export const span = (text: string): { readonly from: number; readonly to: number } => {
  const [from, to, more] = text.split('..')
  if (!from || !to || more !== undefined)
    throw new InvalidArgumentError('Expected FROM..TO, as in 2021-01-01..2022-01-01.')
  const found = { from: date(from), to: date(to) }
  if (found.from >= found.to) throw new InvalidArgumentError('Expected an end after the beginning.')
  return found
}

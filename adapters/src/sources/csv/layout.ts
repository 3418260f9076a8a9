import type { Candle } from '@candlewatch/core/bar'
import type { Market } from '@candlewatch/core/types'

/** The columns of a file by their numbers, counted from 0. */
export interface Layout {
  /** The names of all columns, for messages. */
  readonly names: readonly string[]
  readonly time: number
  readonly candle: Readonly<Record<keyof Candle, number>>
  /** A second volume column, which may turn out to be the base volume. */
  readonly otherVolume: number | null
  /** A column that names the market, or the pair alone. */
  readonly symbol: number | null
  readonly venue: 'bitstamp' | 'binance'
}

/** The known layouts, for the error about a file that has none of them. */
export const expectedLayouts =
  'one of: unix,date,symbol,open,high,low,close,Volume BTC,Volume USD; ' +
  'date,open,high,low,close,volume; or the 12 columns of Binance klines, with or without a header'

// https://github.com/binance/binance-public-data#klines
const klineNames =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore'.split(
    ',',
  )

/** Kline archives have no header up to 2024: twelve numbers are recognised by their count. */
export function isKlineRow(cells: readonly string[]): boolean {
  return cells.length === klineNames.length && cells.every(cell => /^[\d.]+$/.test(cell))
}

/** The layout of Binance klines. */
export const klineLayout: Layout = layoutOf(klineNames)!

/** Finds the columns by their names in any order, case and spacing; null if a required one is missing. */
export function layoutOf(header: readonly string[]): Layout | null {
  const names = header.map(name => name.toLowerCase().replace(/[\s_-]/g, ''))
  const find = (...wanted: string[]) => names.findIndex(name => wanted.includes(name))
  const isKlines = find('opentime') >= 0
  // Unix time is preferred to a date: CryptoDataDownload's files write dates in several ways.
  const time = [find('opentime'), find('unix', 'unixtimestamp', 'timestamp'), find('date', 'datetime', 'time')].find(
    column => column >= 0,
  )
  const volumes = names.flatMap((name, column) => (isVolume(name) ? [column] : []))
  const volume = volumes[0]
  const [open, high, low, close] = [find('open'), find('high'), find('low'), find('close')]
  if (time === undefined || volume === undefined || Math.min(open, high, low, close) < 0) return null
  return {
    names: header,
    time,
    candle: { open, high, low, close, volume },
    otherVolume: volumes[1] ?? null,
    symbol: [find('market'), find('symbol')].find(column => column >= 0) ?? null,
    venue: isKlines ? 'binance' : 'bitstamp',
  }
}

function isVolume(name: string): boolean {
  return /^volume[a-z]*$/.test(name)
}

/**
 * Tells which of a row's two volumes is the base volume: quote volume ≈ base volume × price decides, row by row,
 * because CryptoDataDownload swapped its two columns in October 2020 and left the headers as they were.
 */
export function baseVolumeOf(named: number, other: number, price: number): number {
  if (!(named > 0 && other > 0)) return named
  const missAsNamed = Math.abs(Math.log(other / (named * price)))
  const missSwapped = Math.abs(Math.log(named / (other * price)))
  return missSwapped < missAsNamed ? other : named
}

/** The market of a file if none is given: from its market or symbol column, else from an archive's name, else Bitcoin. */
export function defaultMarket(layout: Layout, fileName: string, symbol: string | null): Market {
  if (symbol?.includes(':')) return symbol as Market
  if (symbol) return `${layout.venue}:${pairOf(symbol)}`
  if (layout.venue === 'bitstamp') return 'bitstamp:BTC-USD'
  return `binance:${pairOf(/^([A-Z0-9]+)-\d+[a-z]+-\d{4}/.exec(fileName)?.[1] ?? 'BTCUSDT')}`
}

/** BTC/USD and BTCUSDT → BTC-USD and BTC-USDT; a symbol with an unknown quote currency stays as it is. */
export function pairOf(symbol: string): string {
  const known = /^(.+?)[/-]?(USDT|USDC|FDUSD|BUSD|TUSD|USD|EUR|GBP|JPY|TRY|BTC|ETH|BNB)$/i.exec(symbol)
  return (known ? `${known[1]}-${known[2]}` : symbol.replace('/', '-')).toUpperCase()
}

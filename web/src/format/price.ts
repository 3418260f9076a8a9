import type { Market } from '@candlewatch/api/units'

const formats = new Map<string, (amount: number) => string>()

/** Formats an amount of a market's quote currency: `$39,150`, `$12.35`, `0.4213 USDT`. */
export function formatPrice(amount: number, market: Market, digits = digitsOf(Math.abs(amount))): string {
  const quote = market.slice(market.lastIndexOf(':') + 1).split('-')[1] ?? ''
  const key = `${quote}/${digits}`
  let format = formats.get(key)
  if (!format) {
    format = makeFormat(quote, digits)
    formats.set(key, format)
  }
  return format(amount)
}

/** +0.0123 → `+1.23 %`. */
export function formatChange(ratio: number, digits = 2): string {
  const percent = (Math.abs(ratio) * 100).toFixed(digits)
  return `${Number(percent) === 0 ? '' : ratio > 0 ? '+' : '−'}${percent} %`
}

function digitsOf(size: number): number {
  if (size >= 1_000) return 0
  return size >= 1 || size === 0 ? 2 : 4
}

function makeFormat(quote: string, digits: number): (amount: number) => string {
  const fixed = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  // Intl knows ISO 4217 only; USDT and other coins get their name behind the number.
  if (/^(USD|EUR|GBP|JPY|CHF|AUD|CAD)$/.test(quote)) {
    return new Intl.NumberFormat('en-US', { style: 'currency', currency: quote, ...fixed }).format
  }
  const plain = new Intl.NumberFormat('en-US', fixed)
  return amount => `${plain.format(amount)} ${quote}`.trimEnd()
}

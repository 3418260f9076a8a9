import { expect, test } from 'vitest'
import { formatChange, formatPrice } from './price.ts'

test('thousands have no cents, and small prices have as many digits as they need', () => {
  expect(formatPrice(39150.1, 'bitstamp:BTC-USD')).toBe('$39,150')
  expect(formatPrice(12.345, 'bitstamp:XYZ-USD')).toBe('$12.35')
  expect(formatPrice(0.42134, 'binance:XYZ-USDT')).toBe('0.4213 USDT')
  expect(formatPrice(1500, 'bitstamp:BTC-EUR')).toBe('€1,500')
  expect(formatPrice(36285, 'test:MIN')).toBe('36,285')
  expect(formatPrice(36285, 'replay:rows-of-May/bitstamp:BTC-USD')).toBe('$36,285')
})

test('a change has a sign, and none when it rounds to zero', () => {
  expect(formatChange(0.01234)).toBe('+1.23 %')
  expect(formatChange(-0.5)).toBe('−50.00 %')
  expect(formatChange(-0.00001)).toBe('0.00 %')
})

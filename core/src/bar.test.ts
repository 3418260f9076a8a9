import { describe, expect, it } from 'vitest'
import { faultOf } from './bar.ts'

const candle = { open: 100, high: 110, low: 90, close: 105, volume: 3 }

describe('faultOf', () => {
  it('lets an ordinary, a flat and an untraded candle pass', () => {
    expect(faultOf(candle)).toBeNull()
    expect(faultOf({ open: 100, high: 100, low: 100, close: 100, volume: 0 })).toBeNull()
    expect(faultOf({ ...candle, open: 90, close: 110 })).toBeNull()
  })

  it.each([
    ['high below low', { high: 80 }, 'high', 'at least the low, 90', '80'],
    ['open above high', { open: 111 }, 'open', 'a price from the low, 90, to the high, 110', '111'],
    ['close below low', { close: 89 }, 'close', 'a price from the low, 90, to the high, 110', '89'],
    ['price of zero', { low: 0 }, 'low', 'a positive number', '0'],
    ['price not a number', { open: Number.NaN }, 'open', 'a positive number', 'NaN'],
    ['price without end', { high: Infinity }, 'high', 'a positive number', 'Infinity'],
    ['negative volume', { volume: -1 }, 'volume', 'a number that is not negative', '-1'],
    ['volume not a number', { volume: Number.NaN }, 'volume', 'a number that is not negative', 'NaN'],
  ])('%s is refused with the field, the expected and the found value', (_, change, field, expected, found) => {
    expect(faultOf({ ...candle, ...change })).toEqual({ field, expected, found })
  })
})

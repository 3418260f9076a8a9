import { expect, test } from 'vitest'
import { downloadAddress } from './download.tsx'

const all = { market: 'bitstamp:BTC-USD', interval: '1h', from: '', to: '', verdicts: false }

test('without days all data is downloaded; the last day is included', () => {
  expect(downloadAddress(all)).toBe('/api/bars.csv?market=bitstamp%3ABTC-USD&interval=1h')
  const days = { from: '2021-02-27', to: '2021-02-28' }
  expect(downloadAddress({ ...all, ...days, verdicts: true })).toBe(
    '/api/bars.csv?market=bitstamp%3ABTC-USD&interval=1h&from=2021-02-27&to=2021-03-01&verdicts=true',
  )
})

test('a last day before the first is not a valid range', () => {
  expect(downloadAddress({ ...all, from: '2021-03-01', to: '2021-02-28' })).toBeNull()
  expect(downloadAddress({ ...all, from: '2021-03-01', to: '2021-03-01' })).toContain('to=2021-03-02')
})

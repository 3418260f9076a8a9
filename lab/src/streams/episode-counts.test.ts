import { describe, expect, it } from 'vitest'
import { countByMonth, dispersionOf, firstOfEach } from './episode-counts.ts'

describe('counts of episodes', () => {
  it('times within the window of the one before are one, however long the chain', () => {
    expect(firstOfEach([1, 4, 7, 11, 30], 3)).toEqual([1, 11, 30])
    expect(firstOfEach([], 3)).toEqual([])
  })

  it('only months that lie wholly in the range are counted', () => {
    const at = (date: string) => Date.parse(date)
    const times = ['2021-01-31', '2021-02-01', '2021-02-28T23:00Z', '2021-04-02'].map(at)
    expect(countByMonth(times, at('2021-01-02'), at('2021-04-20'))).toEqual([
      { month: '2021-02', alarms: 2 },
      { month: '2021-03', alarms: 0 },
    ])
    expect(countByMonth(times, at('2021-01-01'), at('2021-02-01'))).toEqual([{ month: '2021-01', alarms: 1 }])
  })

  it('dispersion is the variance over the mean, by hand; few months or none with an alarm give none', () => {
    const months = (...counts: number[]) => counts.map(alarms => ({ month: '', alarms }))
    // Mean 4, squared distances 4 + 0 + 4 + 1 + 1 + 0 = 10, over 5.
    expect(dispersionOf(months(2, 4, 6, 3, 5, 4))).toBeCloseTo(2 / 4, 12)
    expect(dispersionOf(months(2, 4, 6, 3, 5))).toBeNull()
    expect(dispersionOf(months(0, 0, 0, 0, 0, 0))).toBeNull()
  })
})

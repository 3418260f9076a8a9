import { describe, expect, it } from 'vitest'
import { monthMs } from '../interval.ts'
import { makeRng } from '../stats/rng.ts'
import { dayMs, secondMs, weekMs } from '../time.ts'
import type { Ms } from '../types.ts'
import { gapsIn, hours, isStockTime, isWeekday, minutes, opensOf } from './hours.suite.ts'
import { LearnedHours } from './learned-hours.ts'

/** What an engine makes of these openings after those before. */
function afterwards(past: readonly Ms[], intervalMs: Ms) {
  const learned = new LearnedHours(intervalMs)
  for (const openMs of past) learned.learn(openMs)
  return learned
}

const at = (date: string) => Date.parse(date) as Ms

describe('round the clock', () => {
  const opens = opensOf('2021-01-01', 60, hours(1), () => true)

  it('any missing bar is a gap, from the second bar on', () => {
    expect(gapsIn(new LearnedHours(hours(1)), [opens[0], opens[3]] as Ms[])).toMatchObject([{ missing: 2 }])
    const missing = new Set([500, 501, 502, 900, 1_200])
    const found = gapsIn(
      new LearnedHours(hours(1)),
      opens.filter((_, i) => !missing.has(i)),
    )
    expect(found.map(gap => gap.missing)).toEqual([3, 1, 1])
  })

  it('an hour that is missing on two days in a row is closed from the second on', () => {
    const nightly = opens.filter(ms => (ms % dayMs) / hours(1) !== 3)
    expect(gapsIn(new LearnedHours(hours(1)), nightly)).toHaveLength(1)
  })

  it('a minute of maintenance a day is a gap once, and no opening', () => {
    const learned = new LearnedHours(minutes(1))
    const daily = opensOf('2021-01-01', 10, minutes(1), ({ minute }) => minute !== 180)
    expect(gapsIn(learned, daily)).toEqual([{ at: '2021-01-01T03:01', kind: 'gap', missing: 1 }])
    const today = afterwards(
      daily.filter(ms => ms < at('2021-01-10T03:00Z')),
      minutes(1),
    )
    expect(today.nextOpen()).toBe(at('2021-01-10T03:01Z'))
    expect(today.before(at('2021-01-10T03:01Z'))).toEqual({ kind: 'closed', missing: 0, isOpening: false })
  })

  it.each([
    [1 * secondMs, 0.3],
    [60 * secondMs, 0.4],
    [60 * secondMs, 0.9],
    [300 * secondMs, 0.9],
    [3_600 * secondMs, 0.9],
  ])('a bar in %i ms that comes with a chance of %f is thin, not a fault', (intervalMs, chance) => {
    const rng = makeRng(5)
    const days = intervalMs === secondMs ? 2 : intervalMs === 60 * secondMs ? 21 : 60
    const thin = opensOf('2021-01-01', days, intervalMs, () => rng.uniform() < chance)
    const found = gapsIn(new LearnedHours(intervalMs as Ms), thin)
    // Some are needed to learn it.
    expect(found.filter(gap => at(`${gap.at}Z`) > at('2021-01-01') + (days * dayMs) / 2).length).toBeLessThanOrEqual(2)
    expect(found.length).toBeLessThanOrEqual(25)
  })

  it('an outage of hours is a gap in a thin market too', () => {
    const rng = makeRng(6)
    const isOut = (ms: number) => ms >= at('2021-01-20T10:00Z') && ms < at('2021-01-20T14:00Z')
    const thin = opensOf('2021-01-01', 21, minutes(1), ({ ms }) => rng.uniform() < 0.9 && !isOut(ms))
    const found = gapsIn(new LearnedHours(minutes(1)), thin)
    expect(found.at(-1)).toMatchObject({ at: expect.stringMatching(/^2021-01-20T14:0/) })
    expect(found.at(-1)?.missing).toBeGreaterThan(200)
  })

  it.each([
    [weekMs, ['2021-01-04', '2021-01-11', '2021-01-25'], 1],
    [monthMs, ['2021-01-01', '2021-02-01', '2021-03-01', '2021-06-01'], 2],
    [monthMs, ['2021-01-01', '2021-02-01', '2021-03-01'], undefined],
  ])('weeks and months are counted by the calendar: interval %i', (intervalMs, dates, missing) => {
    expect(gapsIn(new LearnedHours(intervalMs), dates.map(at))[0]?.missing).toBe(missing)
  })
})

describe('sessions', () => {
  const year = opensOf('2024-01-02', 364, hours(1), isStockTime)
  const holidays = ['2024-01-15', '2024-03-29', '2024-06-19', '2024-07-04', '2024-11-28', '2024-12-25']
  const isHoliday = (ms: number) => holidays.includes(new Date(ms).toISOString().slice(0, 10))
  const isHalfDay = (ms: number) =>
    ['2024-07-03', '2024-11-29'].includes(new Date(ms).toISOString().slice(0, 10)) && (ms % dayMs) / hours(1) >= 17
  const stock = year.filter(ms => !isHoliday(ms) && !isHalfDay(ms))

  it('a stock has one gap in a year with holidays, half days and both changes of the clocks: its first night', () => {
    expect(gapsIn(new LearnedHours(hours(1)), stock)).toEqual([{ at: '2024-01-03T14:00', kind: 'gap', missing: 17 }])
  })

  it('an absence that ends within a session is a gap of the bars that were expected', () => {
    const isOut = (ms: number) => ms === at('2024-05-14T15:00Z') || ms === at('2024-05-14T16:00Z')
    const nightAndMorning = (ms: number) => ms >= at('2024-08-06T18:00Z') && ms < at('2024-08-07T15:00Z')
    const found = gapsIn(
      new LearnedHours(hours(1)),
      stock.filter(ms => !isOut(ms) && !nightAndMorning(ms)),
    )
    expect(found.slice(1)).toEqual([
      { at: '2024-05-14T17:00', kind: 'gap', missing: 2 },
      { at: '2024-08-07T15:00', kind: 'gap', missing: 4 },
    ])
  })

  it('the next bar is expected at the next opening, which is one', () => {
    const learned = afterwards(
      stock.filter(ms => ms < at('2024-02-10')),
      hours(1),
    )
    expect(learned.nextOpen()).toBe(at('2024-02-12T14:00Z'))
    expect(learned.before(at('2024-02-12T14:00Z'))).toEqual({ kind: 'closed', missing: 0, isOpening: true })
    learned.learn(at('2024-02-12T14:00Z'))
    expect(learned.before(at('2024-02-12T15:00Z')).isOpening).toBe(false)
  })

  it('a lunch break is learned in a day, at a week without nights too', () => {
    const tokyo = opensOf('2021-01-04', 60, minutes(5), time => {
      return isWeekday(time) && (time.minute < 150 || (time.minute >= 210 && time.minute < 360))
    })
    // The first lunch and the first night.
    expect(gapsIn(new LearnedHours(minutes(5)), tokyo)).toHaveLength(2)
    const withOutage = tokyo.filter(ms => ms < at('2021-02-10T01:00Z') || ms >= at('2021-02-10T01:30Z'))
    expect(gapsIn(new LearnedHours(minutes(5)), withOutage).at(-1)).toMatchObject({ missing: 6 })
  })

  it('currencies that rest at weekends only, and futures with an hour off a day, shifted by the clocks', () => {
    const isSummer = (ms: number) => ms >= at('2021-03-14T07:00Z') && ms < at('2021-11-07T06:00Z')
    const hourOfWeek = (ms: number) => {
      const local = ms + (isSummer(ms) ? hours(1) : 0)
      return 24 * new Date(local).getUTCDay() + (local % dayMs) / hours(1)
    }
    const isOpen = (ms: number) => hourOfWeek(ms) >= 23 && hourOfWeek(ms) < 5 * 24 + 22
    const currencies = opensOf('2021-01-04', 350, hours(1), ({ ms }) => isOpen(ms))
    const futures = currencies.filter(ms => hourOfWeek(ms) % 24 !== 22)
    expect(gapsIn(new LearnedHours(hours(1)), currencies).length).toBeLessThanOrEqual(1)
    expect(gapsIn(new LearnedHours(hours(1)), futures).length).toBeLessThanOrEqual(2)
  })

  it('hours that change are a gap once', () => {
    const changing = opensOf('2021-05-03', 120, minutes(5), time => {
      const isLate = time.ms >= at('2021-07-01')
      return isWeekday(time) && time.minute >= (isLate ? 600 : 570) && time.minute < (isLate ? 900 : 960)
    })
    expect(gapsIn(new LearnedHours(minutes(5)), changing).map(({ at }) => at)).toEqual([
      '2021-05-04T09:30',
      '2021-07-01T10:00',
    ])
  })

  it('days of the week: one gap, at the first weekend; holidays are closed', () => {
    const days = opensOf('2024-01-02', 364, dayMs, isWeekday).filter(ms => !isHoliday(ms))
    expect(gapsIn(new LearnedHours(dayMs), days)).toEqual([{ at: '2024-01-08T00:00', kind: 'gap', missing: 2 }])
  })

  it('an absence of more than two weeks is a gap in any market', () => {
    const found = gapsIn(
      new LearnedHours(hours(1)),
      stock.filter(ms => ms < at('2024-04-01') || ms >= at('2024-04-22')),
    )
    expect(found.at(-1)).toMatchObject({ at: '2024-04-22T13:00' })
  })
})

it('saved after any bar and loaded, it goes on as it would have', () => {
  const opens = opensOf('2024-01-02', 60, hours(1), isStockTime)
  const straight = new LearnedHours(hours(1))
  let restored = new LearnedHours(hours(1))
  for (const openMs of opens) {
    expect(restored.before(openMs)).toEqual(straight.before(openMs))
    straight.learn(openMs)
    restored.learn(openMs)
    const copy = new LearnedHours(hours(1))
    copy.load(restored.save())
    restored = copy
    expect(restored.nextOpen()).toBe(straight.nextOpen())
  }
  expect(restored.save()).toEqual(straight.save())
  expect(restored.save().length).toBeLessThan(1_500)
})

import { expect, it } from 'vitest'
import { dayMs, hourMs } from '../time.ts'
import type { Ms } from '../types.ts'
import { LearnedSeason } from './learned-season.ts'

const minuteMs = 60_000 as Ms

it('is 1 before anything is known, and of bars longer than a day always', () => {
  const [hours, weeks] = [new LearnedSeason(hourMs), new LearnedSeason((7 * dayMs) as Ms)]
  expect(hours.at(0)).toBe(1)
  for (let i = 0; i < 200; i++) weeks.learn(i * 7 * dayMs, 1 + (i % 2))
  expect(weeks.at(0)).toBe(1)
})

it('finds the quarter of an hour in which minutes are wide, and leaves the others alone', () => {
  const season = new LearnedSeason(minuteMs)
  for (let minute = 0; minute < 30 * 1_440; minute++) {
    const ofDay = minute % 1_440
    season.learn(minute * minuteMs, ofDay >= 870 && ofDay < 885 ? 0.005 : 0.001)
  }
  const open = 30 * dayMs
  expect(season.at(open + 872 * minuteMs) / season.at(open + 600 * minuteMs)).toBeGreaterThan(4)
  expect(season.at(open + 886 * minuteMs) / season.at(open + 600 * minuteMs)).toBeCloseTo(1, 1)
})

it('finds quiet weekends in bars of a day', () => {
  const season = new LearnedSeason(dayMs)
  const isWeekend = (day: number) => day % 7 === 2 || day % 7 === 3
  for (let day = 0; day < 400; day++) season.learn(day * dayMs, isWeekend(day) ? 0.01 : 0.03)
  // The prior of eight weeks holds some of it back.
  expect(season.at(401 * dayMs) / season.at(404 * dayMs)).toBeLessThan(0.5)
})

it('one absurd bar counts for six usual ones at most', () => {
  const season = new LearnedSeason(hourMs)
  for (let hour = 0; hour < 24 * 30; hour++) season.learn(hour * hourMs, 0.01)
  const before = season.at(0)
  season.learn(24 * 30 * hourMs, 1e6)
  expect(season.at(0) / before).toBeLessThan(1.4)
})

it('saved and loaded it is the same', () => {
  const [season, again] = [new LearnedSeason(hourMs), new LearnedSeason(hourMs)]
  for (let hour = 0; hour < 500; hour++) season.learn(hour * hourMs, 0.01 + (hour % 24) / 1_000)
  again.load(season.save())
  for (let hour = 0; hour < 168; hour++) expect(again.at(hour * hourMs)).toBe(season.at(hour * hourMs))
})

import type { SkillAnswer as Skill } from '@candlewatch/api/forecast'
import { expect, test } from 'vitest'
import { at, hourMs, verdict } from '../state/example.suite.ts'
import type { Candle } from '../state/series.ts'
import { skillSeries } from './skill-series.ts'

const candle = (hour: number, skill: Partial<Skill> | null): Candle => {
  const of: Skill = {
    by: 'model',
    bars: 720,
    modelPercent: 0.4,
    naivePercent: 0.5,
    reason: { code: 'few-errors', bars: 720 },
    because: '',
  }
  const made = verdict(hour, { skill: skill && { ...of, ...skill } })
  return { at: at(hour), ...made.bar, verdict: made }
}

test('a model with an error of 0.4 % where the naive forecast has 0.5 % has a ratio of 0.8', () => {
  const { points, bars, naiveBars } = skillSeries([candle(0, null), candle(1, {}), candle(2, {})], hourMs, 10)
  expect(points).toEqual([1, 2].map(hour => ({ at: at(hour), model: 0.4, naive: 0.5, ratio: 0.8 })))
  expect([bars, naiveBars]).toEqual([2, 0])
})

test('spans in which the naive forecast was the driver end where the model took over again', () => {
  const by = ['model', 'naive', 'naive', 'model', 'naive'] as const
  const series = skillSeries(
    by.map((by, hour) => candle(hour, { by })),
    hourMs,
    10,
  )
  expect(series.handedOver).toEqual([
    [at(1), at(3)],
    [at(4), at(5)],
  ])
  expect(series.naiveBars).toBe(3)
})

test('every n-th of many bars is kept, including the newest; a market without movement has no ratio', () => {
  const hours = Array.from({ length: 10 }, (_, hour) => candle(hour, {}))
  expect(skillSeries(hours, hourMs, 4).points.map(point => point.at)).toEqual([0, 3, 6, 9].map(at))
  expect(skillSeries([candle(0, { naivePercent: 0 })], hourMs, 4)).toMatchObject({ points: [], bars: 1 })
})

test('errors over less than a week are left out once there are better ones', () => {
  const young = [candle(0, { bars: 1 }), candle(1, { bars: 167 })]
  expect(skillSeries(young, hourMs, 10).points.map(point => point.at)).toEqual([at(0), at(1)])
  expect(skillSeries([...young, candle(2, { bars: 168 })], hourMs, 10).points.map(point => point.at)).toEqual([at(2)])
})

import { describe, expect, it } from 'vitest'
import { hourMs, minuteMs } from '../time.ts'
import type { Ms } from '../types.ts'
import { OpeningScale } from './opening-scale.ts'

const night = 17 * hourMs
const learned = (scale: OpeningScale, count: number, move: number) => {
  for (let i = 0; i < count; i++) scale.learn(night, { move, range: 2, volume: 3 })
  return scale
}

describe('the scale of openings', () => {
  it('is guessed from the closed hours: a night of hours moves less than one of minutes, a break less than a night', () => {
    const moveAfter = (intervalMs: number, closedMs: number) => new OpeningScale(intervalMs as Ms).after(closedMs).move
    // √(1 + 0.3 × 16) and √(1 + 0.3 × 192).
    expect(moveAfter(hourMs, night)).toBeCloseTo(2.408, 3)
    expect(moveAfter(5 * minuteMs, night)).toBeCloseTo(7.655, 3)
    expect(moveAfter(5 * minuteMs, hourMs)).toBeCloseTo(2.145, 3)
  })

  it('a weekend is worth no more than a night', () => {
    const scale = new OpeningScale(hourMs)
    expect(scale.after(65 * hourMs)).toEqual(scale.after(night))
  })

  it('follows what openings have been, within a month or two, and keeps apart moves, ranges and volumes', () => {
    const { move, range, volume } = learned(new OpeningScale(hourMs), 60, 4 * 0.79).after(night)
    expect(move).toBeGreaterThan(3.7)
    expect(move).toBeLessThan(4.1)
    expect(range).toBeCloseTo(2, 0)
    expect(volume).toBeGreaterThan(2.7)
  })

  it('one crash over a night moves it little', () => {
    const scale = learned(new OpeningScale(hourMs), 60, 2)
    const before = scale.after(night).move
    scale.learn(night, { move: 1_000, range: 2, volume: 3 })
    expect(scale.after(night).move / before).toBeLessThan(1.1)
  })

  it('saved and loaded, it is the same', () => {
    const scale = learned(new OpeningScale(hourMs), 7, 3)
    const copy = new OpeningScale(hourMs)
    copy.load(scale.save())
    expect(copy.after(night)).toEqual(scale.after(night))
  })
})

import { expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import { dayMs, hourMs, minuteMs, weekMs } from '../time.ts'
import type { Ms } from '../types.ts'
import { AlarmBudget } from './budget.ts'
import { mergeWindow } from './merge-window.ts'

/** A budget of hours that has learned these scores, with the merge window of one alarm a week. */
function budgetOf(alarmsPerWeek: number, scores: readonly number[]): AlarmBudget {
  const budget = new AlarmBudget({ alarmsPerWeek, intervalMs: hourMs, mergeMs: mergeWindow(1) })
  scores.forEach((score, i) => void budget.learn(score, ((i + 1) * hourMs) as Ms))
  return budget
}

it('an alarm between two of one episode adds no episode and removes none', () => {
  const scores = Array.from({ length: 4 * 168 }, () => 0)
  // By hand: one night, then four bars that stand alone. Four are due, so the level is that of the third of these.
  for (const [at, score] of [
    ...[[100, 50] as const, [105, 49] as const, [103, 48] as const],
    ...[[200, 9] as const, [300, 8] as const, [400, 7] as const, [500, 6] as const],
  ]) {
    scores[at] = score
  }
  expect(budgetOf(1, scores).threshold).toBe(7)
})

it('a budget that no past can spend takes nearly the maximum of episodes, not every bar', () => {
  const rng = makeRng(5)
  const scores = Array.from({ length: 3_000 }, () => rng.normal())
  // Alarms at random make the most episodes, 170, when one bar in seven alarms: 3,000 p (1 − p)⁶ is largest at 1/7, where
  // z is 1.07. The level lies where they make 157 of them: z near 1.4.
  const { threshold } = budgetOf(168, scores)
  expect(threshold).toBeGreaterThan(1.07)
  expect(threshold).toBeLessThan(1.6)
})

it('another budget counts from the next score, as if it had always applied', () => {
  const rng = makeRng(6)
  const scores = Array.from({ length: 3_300 }, () => Math.exp(rng.normal()))
  const budget = budgetOf(1, scores.slice(0, 3_000))
  const once = budget.threshold
  budget.change(3, mergeWindow(3))
  scores.slice(3_000).forEach((score, i) => void budget.learn(score, ((3_001 + i) * hourMs) as Ms))
  const always = new AlarmBudget({ alarmsPerWeek: 3, intervalMs: hourMs, mergeMs: mergeWindow(3) })
  scores.forEach((score, i) => void always.learn(score, ((i + 1) * hourMs) as Ms))
  expect(budget.threshold).toBe(always.threshold)
  expect(budget.threshold).toBeLessThan(once as number)
  expect(budget.save()).toEqual(always.save())
})

/** Realised over promised episodes of exponential scores that come one after another. */
function kept(intervalMs: Ms, alarmsPerWeek: number, weeks: number, seed: number): number {
  const [rng, mergeMs] = [makeRng(seed), mergeWindow(alarmsPerWeek)]
  const budget = new AlarmBudget({ alarmsPerWeek, intervalMs, mergeMs })
  let [episodes, last] = [0, -Infinity]
  for (let ts = intervalMs; ts <= weeks * weekMs; ts = (ts + intervalMs) as Ms) {
    const score = Number((-Math.log(1 - rng.uniform())).toPrecision(6))
    const { threshold } = budget
    if (threshold !== null && score >= threshold) {
      if (ts - last > mergeMs) episodes++
      last = ts
    }
    budget.learn(score, ts)
  }
  return episodes / (weeks * alarmsPerWeek)
}

// As many weeks as the time of a test allows; a small budget needs many for its count to say anything.
it.each([
  ['1m', minuteMs, 10, [5, 20]],
  ['5m', (5 * minuteMs) as Ms, 25, [3, 20]],
  ['15m', (15 * minuteMs) as Ms, 40, [2, 20]],
  ['1h', hourMs, 120, [0.5, 2, 20]],
  ['4h', (4 * hourMs) as Ms, 250, [0.2, 1, 20]],
  ['1d', dayMs, 800, [0.2, 1, 4]],
] as const)('on noise of %s a budget is kept from the first bar on', (_, intervalMs, weeks, budgets) => {
  for (const alarmsPerWeek of budgets) {
    const seeds = alarmsPerWeek * weeks < 150 ? [1, 2, 3] : [1]
    const mean = seeds.reduce((sum, seed) => sum + kept(intervalMs, alarmsPerWeek, weeks, seed), 0) / seeds.length
    expect(mean, `${alarmsPerWeek} a week`).toBeGreaterThan(0.8)
    expect(mean, `${alarmsPerWeek} a week`).toBeLessThan(1.25)
  }
})

it('an alarm raises the level by its place in the count alone: a hundredfold score has no other effect than a somewhat larger one', () => {
  const rng = makeRng(9)
  const scores = Array.from({ length: 2_000 }, () => Math.exp(rng.normal()))
  const largest = Math.max(...scores)
  const after = (last: number) => budgetOf(1, [...scores, last]).threshold as number
  expect(after(100 * largest)).toBe(after(1.01 * largest))
  expect(after(100 * largest)).toBeLessThan(1.2 * (budgetOf(1, [...scores, 1]).threshold as number))
})

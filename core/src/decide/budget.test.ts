import { expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import { hourMs } from '../time.ts'
import { AlarmBudget } from './budget.ts'

it('an alarm between two of one episode adds no episode and removes none', () => {
  const scores = Array.from({ length: 4 * 168 }, () => 0)
  // By hand: one night, then four bars that stand alone. Four are due, so the level is that of the third of these.
  for (const [at, score] of [
    ...[[100, 50] as const, [105, 49] as const, [103, 48] as const],
    ...[[200, 9] as const, [300, 8] as const, [400, 7] as const, [500, 6] as const],
  ]) {
    scores[at] = score
  }
  expect(new AlarmBudget(1, hourMs, scores).threshold).toBe(7)
})

it('a budget that no past can spend takes nearly the maximum of episodes, not every bar', () => {
  const rng = makeRng(5)
  const scores = Array.from({ length: 3_000 }, () => rng.normal())
  // Alarms at random make the most episodes, 170, when one bar in seven alarms: 3,000 p (1 − p)⁶ is largest at 1/7, where
  // z is 1.07. The level lies where they make 157 of them: z near 1.4.
  const { threshold } = new AlarmBudget(168, hourMs, scores)
  expect(threshold).toBeGreaterThan(1.07)
  expect(threshold).toBeLessThan(1.6)
})

it('another budget counts from the next score, as if it had always applied', () => {
  const rng = makeRng(6)
  const scores = Array.from({ length: 3_300 }, () => Math.exp(rng.normal()))
  const budget = new AlarmBudget(1, hourMs, scores.slice(0, 3_000))
  const once = budget.threshold
  budget.alarmsPerWeek = 3
  for (const score of scores.slice(3_000)) budget.learn(score)
  expect(budget.threshold).toBe(new AlarmBudget(3, hourMs, scores.slice(300)).threshold)
  expect(budget.threshold).toBeLessThan(once as number)
})

import { AlarmBudget } from '@candlewatch/core/decide/budget'
import { mergeWindow } from '@candlewatch/core/decide/merge-window'
import { readInterval } from '@candlewatch/core/interval'
import { makeRng, type Rng } from '@candlewatch/core/stats/rng'
import { weekMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { Command } from 'commander'
import { atLeast } from './figures.ts'

/** Kinds of noise: the tails of the first are light, those of the last two heavy or in regimes. */
const noises: Readonly<Record<string, (rng: Rng, at: number) => number>> = {
  normal: rng => Math.abs(rng.normal()),
  exponential: rng => -Math.log(1 - rng.uniform()),
  'student t, 3': rng =>
    Math.abs(rng.normal()) / Math.sqrt((rng.normal() ** 2 + rng.normal() ** 2 + rng.normal() ** 2) / 3),
  // Five quiet weeks, five wild ones: independent within each, but no level fits both.
  regimes: (rng, at) => Math.abs(rng.normal()) * (Math.floor(at / (5 * weekMs)) % 2 ? 1.5 : 1),
}

const intervals = ['1m', '5m', '15m', '1h', '4h', '1d']
const budgets = [0.2, 1, 3, 5, 10, 20, 50]

/** Returns the episodes that a budget brought on noise, counted from the first bar, over those that it promised. */
function realisedOverPromised(
  noise: string,
  intervalMs: Ms,
  alarmsPerWeek: number,
  weeks: number,
  seed: number,
): number {
  const [rng, mergeMs, next] = [makeRng(seed), mergeWindow(alarmsPerWeek), noises[noise] as (typeof noises)[string]]
  const budget = new AlarmBudget({ alarmsPerWeek, intervalMs, mergeMs })
  let [episodes, last] = [0, Number.NEGATIVE_INFINITY]
  for (let ts = intervalMs; ts <= weeks * weekMs; ts = (ts + intervalMs) as Ms) {
    const score = Number(next(rng, ts).toPrecision(6))
    const { threshold } = budget
    if (threshold !== null && score >= threshold) {
      if (ts - last > mergeMs) episodes++
      last = ts
    }
    budget.learn(score, ts)
  }
  return episodes / (alarmsPerWeek * weeks)
}

const program = new Command()
  .name('node bench/dist/budgets.js')
  .description(
    'Prints how many alarm episodes a budget brings on noise, over those that it promises, by interval and budget.',
  )
  .option('--weeks <count>', 'weeks of each series; of long intervals more, up to 50,000 bars', atLeast(1), 26)
  .option('--seeds <count>', 'series of each kind', atLeast(1), 3)
  .parse()

const { weeks, seeds } = program.opts<{ weeks: number; seeds: number }>()
const leastBars = 50_000
console.log(`seeds 1 to ${seeds}`)
console.log(`${''.padEnd(22)}${budgets.map(budget => String(budget).padStart(7)).join('')}`)
for (const interval of intervals) {
  const intervalMs = readInterval(interval)
  const all = Math.min(20 * 52, Math.max(weeks, Math.round((leastBars * intervalMs) / weekMs)))
  for (const noise of Object.keys(noises)) {
    const cells = budgets.map(budget => {
      if (budget * intervalMs > weekMs) return '–'
      const found = Array.from({ length: seeds }, (_, i) => realisedOverPromised(noise, intervalMs, budget, all, i + 1))
      return (found.reduce((sum, one) => sum + one, 0) / seeds).toFixed(2)
    })
    console.log(`${interval.padEnd(5)}${noise.padEnd(17)}${cells.map(cell => cell.padStart(7)).join('')}`)
  }
}

import { nth } from '../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { Rolling } from '../stats/rolling.ts'
import { openOf } from '../time.ts'
import type { Bar, Detector, Ms, Severity } from '../types.ts'

/** A price somebody paid, quote currency, and when. */
export interface PriceObservation {
  readonly ts: Ms
  readonly price: number
}

/** Prices that are judged together, in the order in which they happened: one tick, or the path of a bar. */
export type PricePath = readonly PriceObservation[]

/** The triggers that a published BTC-USD stream detector of such rules ships with; `usd` is the quote currency. */
export const ruleDefaults = {
  /** A change by `percent`, up or down, within a time. */
  pctSpike: { percent: 0.25, withinMs: 10_000 },
  /** A change by an amount of money within a time. */
  absJump: { usd: 30, withinMs: 10_000 },
  /** A change from one price to the next by `sigmas` deviations of the last returns and at least `leastUsd`. */
  volBreakout: { sigmas: 3, returns: 60, leastUsd: 15 },
  /** A price `sigmas` deviations and at least `leastUsd` away from the mean of the last prices. */
  meanReversionBreak: { sigmas: 2, prices: 60, leastUsd: 25 },
}

export type RuleOptions = { readonly [Rule in keyof typeof ruleDefaults]: Readonly<(typeof ruleDefaults)[Rule]> }

/** The finding of one rule: it is triggered where `size` reaches `trigger`. */
export interface RuleEvidence {
  readonly rule: 'pct_spike' | 'abs_jump' | 'vol_breakout' | 'mean_reversion_break'
  readonly severity: Severity
  readonly size: number
  /** For rules in deviations: the deviations in money, or the least money where that is more. */
  readonly trigger: number
  readonly unit: 'percent' | 'usd'
}

export interface Rules extends Detector<PricePath> {
  /** The rules that the path triggers, each at the price that exceeds it most. Changes nothing. */
  triggered(path: PricePath): RuleEvidence[]
}

/**
 * Four plain rules, as a peer to measure against. The score is the largest ratio of size to trigger over the rules that
 * have something to compare with; from 1 on, a rule is triggered. Within a path, each price is compared with the path's
 * own earlier ones too; means and deviations are those known before the path. Prices come in order of time.
 */
export function rules(id: string, options: Partial<RuleOptions> = {}): Rules {
  const { pctSpike, absJump, volBreakout, meanReversionBreak } = { ...ruleDefaults, ...options }
  const all = [
    within(pctSpike.percent, pctSpike.withinMs, (now, then) => (100 * Math.abs(now - then)) / then),
    within(absJump.usd, absJump.withinMs, (now, then) => Math.abs(now - then)),
    breakout(volBreakout),
    meanReversion(meanReversionBreak),
  ]
  return {
    id,
    score(path) {
      let most: number | null = null
      for (const rule of all) {
        const found = worst(rule, path)
        if (found && (most === null || ratioOf(found) > most)) most = ratioOf(found)
      }
      return most
    },
    triggered: path =>
      all.flatMap((rule, i) => {
        const found = worst(rule, path)
        return found && ratioOf(found) >= 1 ? [{ ...nth(ruleFacts, i), ...found }] : []
      }),
    learn(path) {
      for (const now of path) for (const rule of all) rule.learn(now)
    },
    save: () => floatsToBytes(all.map(rule => rule.save()).flatMap(state => [state.length, ...state])),
    load(state) {
      let [length = 0, ...rest] = floatsFromBytes(state)
      for (const rule of all) {
        rule.load(rest.slice(0, length))
        ;[length = 0, ...rest] = rest.slice(length)
      }
    },
  }
}

/**
 * A bar as the prices that it must have passed: open at its open; its extremes, the low first where it closed at or
 * above its open; close at its close. When the extremes came is not known: both stand in the middle of the bar. In a bar
 * much longer than 10 s, "within 10 s" therefore compares inside the bar's path, high with low, and its open with the
 * close before it: the two rules then measure range and gap, which rank bars well but exceed their triggers often.
 */
export function observationsOf(bar: Bar, intervalMs: Ms): PricePath {
  const [first, second] = bar.close >= bar.open ? [bar.low, bar.high] : [bar.high, bar.low]
  const middle = openOf(bar, intervalMs / 2)
  return [
    { ts: openOf(bar, intervalMs), price: bar.open },
    { ts: middle, price: first },
    { ts: middle, price: second },
    { ts: bar.ts, price: bar.close },
  ]
}

const ruleFacts: readonly Omit<RuleEvidence, keyof Excess>[] = [
  { rule: 'pct_spike', severity: 'high', unit: 'percent' },
  { rule: 'abs_jump', severity: 'high', unit: 'usd' },
  { rule: 'vol_breakout', severity: 'medium', unit: 'usd' },
  { rule: 'mean_reversion_break', severity: 'low', unit: 'usd' },
]

type Excess = Pick<RuleEvidence, 'size' | 'trigger'>

interface Rule {
  /** The excess at one price of the path; null without anything to compare it with. Earlier prices of the path are not learned yet. */
  judge(path: PricePath, at: number): Excess | null
  learn(now: PriceObservation): void
  save(): number[]
  load(state: readonly number[]): void
}

// Both winsorise what they learn: otherwise one bad tick would silence them for sixty prices.
const winsorAt = 6
// 0.001 %, and the smallest step of an exchange's price: a flat feed is divided by them.
const floorReturn = 1e-5
const floorUsd = 1e-8

function breakout({ sigmas, returns, leastUsd }: RuleOptions['volBreakout']): Rule {
  const known = new Rolling({ window: returns, floor: floorReturn, winsorAt })
  let previous: number | null = null
  return {
    judge(path, at) {
      const before = path[at - 1]?.price ?? previous
      if (before === null || !known.full || known.deviation === null) return null
      const trigger = Math.max(sigmas * known.deviation * before, leastUsd)
      return excess(Math.abs(nth(path, at).price - before), trigger)
    },
    learn({ price }) {
      if (previous !== null) known.push(price / previous - 1)
      previous = price
    },
    // 0 is no price: it stands for "none yet".
    save: () => [previous ?? 0, ...known.toArray()],
    load([last = 0, ...values]) {
      previous = last || null
      known.load(values)
    },
  }
}

function meanReversion({ sigmas, prices, leastUsd }: RuleOptions['meanReversionBreak']): Rule {
  // Where both conditions meet: as a floor it decides nothing, and lets a window that was flat follow a jump.
  const known = new Rolling({ window: prices, floor: Math.max(leastUsd / sigmas, floorUsd), winsorAt })
  return {
    judge(path, at) {
      if (!known.full || known.mean === null || known.deviation === null) return null
      const trigger = Math.max(sigmas * known.deviation, leastUsd)
      return excess(Math.abs(nth(path, at).price - known.mean), trigger)
    },
    learn: ({ price }) => known.push(price),
    save: () => known.toArray(),
    load: values => known.load(values),
  }
}

/** The largest change against any price of the last `withinMs`, a price exactly so old included. */
function within(trigger: number, withinMs: number, sizeOf: (now: number, then: number) => number): Rule {
  // The change is largest against the lowest or the highest. Of the past, only prices that a later one has not undercut
  // (or topped) can still be that, so each list is in order of time and of price, and its first near one is the extreme.
  let lows: PriceObservation[] = []
  let highs: PriceObservation[] = []
  return {
    judge(path, at) {
      const now = nth(path, at)
      let most = Number.NEGATIVE_INFINITY
      const compare = (then: PriceObservation | undefined) => {
        if (then) most = Math.max(most, sizeOf(now.price, then.price))
      }
      const isNear = (then: PriceObservation) => Math.abs(now.ts - then.ts) <= withinMs
      compare(lows.find(isNear))
      compare(highs.find(isNear))
      for (const then of path.slice(0, at)) if (isNear(then)) compare(then)
      return most >= 0 ? excess(most, trigger) : null
    },
    learn(now) {
      for (const list of [lows, highs]) {
        while (list[0] && now.ts - list[0].ts > withinMs) list.shift()
      }
      while (lows.length > 0 && lows.at(-1)!.price >= now.price) lows.pop()
      while (highs.length > 0 && highs.at(-1)!.price <= now.price) highs.pop()
      lows.push(now)
      highs.push(now)
    },
    save: () => [lows.length, ...[...lows, ...highs].flatMap(({ ts, price }) => [ts, price])],
    load([lowCount = 0, ...flat]) {
      const pairs = Array.from({ length: flat.length / 2 }, (_, i) => ({
        ts: flat[2 * i] as Ms,
        price: nth(flat, 2 * i + 1),
      }))
      lows = pairs.slice(0, lowCount)
      highs = pairs.slice(lowCount)
    },
  }
}

function worst(rule: Rule, path: PricePath): Excess | null {
  let most: Excess | null = null
  for (let at = 0; at < path.length; at++) {
    const found = rule.judge(path, at)
    if (found && (most === null || ratioOf(found) > ratioOf(most))) most = found
  }
  return most
}

// A billionth: 30,030.1 less 30,000.1 is 29.999999999996 to a double and 30 to a trader.
const nineDecimals = (x: number) => Math.round(x * 1e9) / 1e9
const excess = (size: number, trigger: number): Excess => ({ size: nineDecimals(size), trigger: nineDecimals(trigger) })
const ratioOf = ({ size, trigger }: Excess) => size / trigger

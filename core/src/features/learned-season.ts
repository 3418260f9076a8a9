import { nth } from '../nth.ts'
import { Ewma } from '../stats/ewma.ts'
import { dayMs } from '../time.ts'
import type { Ms } from '../types.ts'
import type { Season } from './features.ts'

// Short enough for the first minutes of a session, and no more than 96 slots.
const leastSlotMs = dayMs / 96
const weekdays = 7
// How long a time of the day, and a day of the week, are remembered; both in visits of a day.
const halfLifeVisits = { slot: 60, weekday: 26 }
// As if a slot had been seen that often and were as wide as any: a season shows only when it repeats.
const priorVisits = { slot: 5, weekday: 8 }
// The usual range is that of whole days, and of a week where bars are hours.
const usualBars = { least: 168, days: 3 }
// A flat feed has no season; the floor is that of the features.
const floorLogRange = 1e-4
// One bar counts for at most six usual ones, as in the features.
const winsorAt = 6

/**
 * The season of the day and of the week, learned from the stream itself while it runs: the decayed mean of each slot's range
 * over the range that was usual, drawn towards 1 while a slot has been seen only a few times. Times are UTC. Bars of a day
 * have a season of the week alone, and longer ones none.
 */
export class LearnedSeason implements Season {
  readonly #slots: Slots
  readonly #weekdays: Slots
  readonly #slotMs: number
  readonly #usual: Ewma

  constructor(intervalMs: Ms) {
    this.#usual = new Ewma(Math.max(usualBars.least, (usualBars.days * dayMs) / intervalMs))
    this.#slotMs = Math.max(leastSlotMs, intervalMs)
    const visits = (slotMs: number) => Math.max(1, slotMs / intervalMs)
    const count = intervalMs >= dayMs ? 0 : Math.ceil(dayMs / this.#slotMs)
    this.#slots = new Slots(count, visits(this.#slotMs), halfLifeVisits.slot, priorVisits.slot)
    this.#weekdays = new Slots(
      intervalMs > dayMs ? 0 : weekdays,
      visits(dayMs),
      halfLifeVisits.weekday,
      priorVisits.weekday,
    )
  }

  at(openMs: number): number {
    return this.#slots.at(this.#slotOf(openMs)) * this.#weekdays.at(weekdayOf(openMs))
  }

  learn(openMs: number, logRange: number): void {
    const [slot, weekday] = [this.#slotOf(openMs), weekdayOf(openMs)]
    const usual = Math.max(floorLogRange, this.#usual.mean ?? logRange)
    this.#usual.learn(logRange)
    const held = Math.min(winsorAt, logRange / usual)
    const [ofDay, ofWeek] = [this.#slots.at(slot), this.#weekdays.at(weekday)]
    this.#slots.learn(slot, held / ofWeek)
    this.#weekdays.learn(weekday, held / ofDay)
  }

  save(): readonly number[] {
    return [...this.#usual.save(), ...this.#slots.save(), ...this.#weekdays.save()]
  }

  load(state: readonly number[]): void {
    const [sum = 0, weight = 0, ...slots] = state
    const own = 2 * this.#slots.count
    this.#usual.load([sum, weight])
    this.#slots.load(slots.slice(0, own))
    this.#weekdays.load(slots.slice(own))
  }

  #slotOf(openMs: number): number {
    return Math.floor((openMs % dayMs) / this.#slotMs)
  }
}

// The epoch began on a Thursday; which day is the first does not matter here.
const weekdayOf = (openMs: number) => Math.floor(openMs / dayMs) % weekdays

/** Decayed means that start from 1. */
class Slots {
  readonly count: number
  readonly #decay: number
  readonly #prior: number
  readonly #sums: Float64Array
  readonly #weights: Float64Array

  /** `bars`: how many fall into a slot at each visit. */
  constructor(count: number, bars: number, halfLifeVisits: number, priorVisits: number) {
    this.count = count
    this.#decay = 0.5 ** (1 / (halfLifeVisits * bars))
    this.#prior = priorVisits * bars
    this.#sums = new Float64Array(count)
    this.#weights = new Float64Array(count)
  }

  at(slot: number): number {
    if (this.count === 0) return 1
    return (this.#prior + nth(this.#sums, slot)) / (this.#prior + nth(this.#weights, slot))
  }

  learn(slot: number, ratio: number): void {
    if (this.count === 0) return
    this.#sums[slot] = nth(this.#sums, slot) * this.#decay + ratio
    this.#weights[slot] = nth(this.#weights, slot) * this.#decay + 1
  }

  save(): readonly number[] {
    return [...this.#sums, ...this.#weights]
  }

  load(state: readonly number[]): void {
    this.#sums.set(state.slice(0, this.count))
    this.#weights.set(state.slice(this.count))
  }
}

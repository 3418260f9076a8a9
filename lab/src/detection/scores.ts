import { setImmediate } from 'node:timers/promises'
import { makeDetectors } from '@candlewatch/core/detectors/registry'
import type { Yardstick } from '@candlewatch/core/eval/inject-kinds'
import type { Model } from '@candlewatch/core/forecast/artifact'
import { nth } from '@candlewatch/core/nth'
import type { Bar, Ms } from '@candlewatch/core/types'
import { Watcher } from './watcher.ts'

/** The scores of one pass over some bars. */
export interface Scored {
  /** One score a bar for each detector id; NaN is no opinion. */
  readonly scores: Readonly<Record<string, readonly number[]>>
  /** How each bar was measured; null where nothing was known before it. */
  readonly yardsticks: readonly (Yardstick | null)[]
}

/** The scores of one bar. */
export interface ScoredBar {
  /** By detector id; NaN is no opinion. */
  readonly scores: Readonly<Record<string, number>>
  readonly yardstick: Yardstick | null
}

const barsAtOnce = 500

/** Runs all detectors over bars; each scores a bar before it learns it. */
export class Scorer {
  readonly #watcher: Watcher
  readonly #detectors

  constructor(model: Model, intervalMs: Ms) {
    this.#watcher = new Watcher(model, intervalMs)
    this.#detectors = makeDetectors(model.calibration, intervalMs)
  }

  async run(bars: readonly Bar[], onBars: (count: number) => void = () => {}): Promise<Scored> {
    const scored: ScoredBar[] = []
    for (let from = 0; from < bars.length; from += barsAtOnce) {
      const some = bars.slice(from, from + barsAtOnce)
      for (const bar of some) scored.push(this.step(bar))
      onBars(some.length)
      // Gives Ctrl-C and the progress bar a turn.
      await setImmediate()
    }
    const of = (id: string) => scored.map(({ scores }) => scores[id] ?? Number.NaN)
    return {
      scores: Object.fromEntries(this.#detectors.map(({ id }) => [id, of(id)])),
      yardsticks: scored.map(({ yardstick }) => yardstick),
    }
  }

  step(bar: Bar): ScoredBar {
    const seen = this.#watcher.observe(bar)
    const opinions = this.#detectors.map(
      detector => [detector.id, (seen && detector.score(seen)) ?? Number.NaN] as const,
    )
    if (seen) for (const detector of this.#detectors) detector.learn(seen)
    this.#watcher.learn(bar)
    const yardstick = seen && { scale: seen.standing.scale, usualVolume: seen.standing.usualVolume }
    return { scores: Object.fromEntries(opinions), yardstick }
  }

  save(): Uint8Array[] {
    return [this.#watcher.save(), ...this.#detectors.map(detector => detector.save())]
  }

  load([watcher, ...detectors]: readonly Uint8Array[]): void {
    this.#watcher.load(watcher as Uint8Array)
    this.#detectors.forEach((detector, i) => {
      detector.load(nth(detectors, i))
    })
  }
}

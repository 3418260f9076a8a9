import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { type Candle, faultOf } from '@candlewatch/core/bar'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval } from '@candlewatch/core/interval'
import { closeOf, type Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Verdict } from '@candlewatch/core/types'
import { type BudgetInForce, type CurrentModel, type Engine, setBudget } from './engine.ts'

/** The numbers of a made-up bar as far as they are given. */
export type MadeUp = { readonly [Number in keyof Candle]?: number | undefined }

/**
 * The next bar of a stream with made-up numbers; a number that is left out follows from the others, from the newest bar and
 * from its forecast. Throws ERR_NOT_FOUND for a stream without bars, and ERR_BAR_IMPOSSIBLE.
 */
export async function madeUpBar(store: BarStore & VerdictStore, stream: Stream, numbers: MadeUp): Promise<Bar> {
  const newestOnly = { ...stream, fromMs: null, toMs: null, limit: 1 }
  const [newest] = await store.bars(newestOnly)
  if (!newest) {
    const name = `${stream.market} ${formatInterval(stream.intervalMs)}`
    throw new CandlewatchError('ERR_NOT_FOUND', `Expected a market with bars, found ${name} without any.`)
  }
  const [last] = await store.verdicts(newestOnly)
  const next = last?.verdict.ts === newest.ts ? last.verdict.next : null
  const { open = newest.close } = numbers
  const { close = open } = numbers
  const prices = [open, close, numbers.high ?? open, numbers.low ?? open]
  const { high = Math.max(...prices), low = Math.min(...prices) } = numbers
  const { volume = next?.volume.expected ?? newest.volume } = numbers
  const candle = { open, high, low, close, volume }
  const fault = faultOf(candle)
  if (fault) {
    const message = `Expected ${fault.field} to be ${fault.expected}, found ${fault.found}.`
    throw new CandlewatchError('ERR_BAR_IMPOSSIBLE', message, { field: fault.field })
  }
  const openMs = next ? (Date.parse(next.date) as Ms) : newest.ts
  const ts = closeOf(openMs, stream.intervalMs)
  return { market: stream.market, ts, seen: ts, ...candle }
}

/** The verdict that the engine would give. It is given by a copy of the engine, so that the engine learns nothing. */
export function imagined(engine: Engine, model: CurrentModel, bar: Bar, budget: BudgetInForce): Verdict {
  const copy = model.makePipeline(engine.stream, engine.settings)
  copy.load(engine.pipeline.save())
  setBudget(copy, budget)
  return copy.step(bar)
}

import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import type { Pipeline, Verdict } from '@candlewatch/core/types'

/** The text in a verdict of the fake pipeline. */
export function fakeText(verdict: Pick<Verdict, 'reason'> | null | undefined): string | null {
  return verdict?.reason.code === 'stored-text' ? verdict.reason.text : null
}

/** A pipeline whose verdicts tell how many bars it stepped and warmed up with, and the sum of their closes. */
export function fakePipeline(stream: Stream, version = '1'): Pipeline & { readonly stepped: number } {
  let stepped = 0
  let warmed = 0
  let sum = 0
  let alarmsPerWeek = 1
  return {
    get alarmsPerWeek() {
      return alarmsPerWeek
    },
    set alarmsPerWeek(next) {
      alarmsPerWeek = next
    },
    scores: { model: [], naive: [] },
    get stepped() {
      return stepped
    },
    step(bar): Verdict {
      stepped += 1
      sum += bar.close
      return {
        id: `${bar.market}@${bar.ts}#${version}`,
        market: bar.market,
        interval: formatInterval(stream.intervalMs),
        date: isoDate(bar.ts - stream.intervalMs),
        ts: bar.ts,
        status: 'normal',
        isAnomaly: false,
        severity: null,
        lane: null,
        pValue: 0.5,
        reason: { code: 'stored-text', text: `step ${stepped}, warm-up ${warmed}, sum ${sum}` },
        fault: null,
        bar: { open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume },
        high: null,
        low: null,
        side: null,
        detectors: [],
        skill: null,
        next: null,
        alarmsPerWeek,
        feedShare: 0.1,
        model: { name: 'fake', version },
      }
    },
    warmUp(bar) {
      warmed += 1
      sum += bar.close
    },
    save: () => new TextEncoder().encode(JSON.stringify({ stepped, warmed, sum })),
    load(state) {
      ;({ stepped, warmed, sum } = JSON.parse(new TextDecoder().decode(state)))
    },
  }
}

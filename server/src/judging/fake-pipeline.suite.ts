import { exampleVerdict } from '@candlewatch/core/eval/example-verdict'
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
  return {
    alarmsPerWeek: 1,
    feedShare: 0.1,
    scores: new Uint8Array(),
    get stepped() {
      return stepped
    },
    step(bar): Verdict {
      stepped += 1
      sum += bar.close
      const change: Partial<Verdict> = {
        id: `${bar.market}@${bar.ts}#${version}`,
        reason: { code: 'stored-text', text: `step ${stepped}, warm-up ${warmed}, sum ${sum}` },
        alarmsPerWeek: this.alarmsPerWeek,
        feedShare: this.feedShare,
        model: { name: 'fake', version },
      }
      return exampleVerdict(bar, change, stream.intervalMs)
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

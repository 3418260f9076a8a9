import type { Calibration } from '@candlewatch/core/forecast/artifact'
import { nth } from '@candlewatch/core/nth'

// As many as a model of one market keeps.
const scoresKept = 2_000

/** Takes the newest scores of each series in turn, so that a new stream starts from what is usual of all of them. */
export function pooled(all: readonly Calibration[]): Calibration {
  const [only] = all
  if (only !== undefined && all.length === 1) return only
  const by = (name: 'model' | 'naive') => ({
    residualOverScale: Number(
      (all.reduce((sum, one) => sum + one[name].residualOverScale, 0) / all.length).toPrecision(6),
    ),
    residual: inTurn(all.map(one => one[name].residual)),
  })
  const ranges = (name: 'model' | 'naive') => ({
    up: inTurn(all.map(one => one.intervals[name].up)),
    down: inTurn(all.map(one => one.intervals[name].down)),
  })
  return {
    model: by('model'),
    naive: by('naive'),
    intervals: { model: ranges('model'), naive: ranges('naive') },
    feed: inTurn(all.map(one => one.feed)),
  }
}

/** One of each list after another, oldest first; of each as many as the shortest has. */
function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const each = Math.min(Math.floor(scoresKept / lists.length), ...lists.map(list => list.length))
  const newest = lists.map(list => list.slice(list.length - each))
  return Array.from({ length: each }, (_, i) => newest.map(list => nth(list, i))).flat()
}

import { feed } from '@candlewatch/core/detectors/feed'
import { type Residual, residual } from '@candlewatch/core/detectors/residual'
import { sizesOf } from '@candlewatch/core/detectors/sizes'
import { makeOnlookers, taking } from '@candlewatch/core/engine/onlookers'
import type { Calibration } from '@candlewatch/core/forecast/artifact'
import type { Detector } from '@candlewatch/core/types'
import type { Expected, Watched } from './watcher.ts'

/** The one whose figures stand for what is found of injected faults. */
export const feedId = 'feed'

/** Every detector that the engine runs, those that decide and those that look on, each by itself. */
export function makeLineup({
  calibration,
}: {
  readonly calibration: Pick<Calibration, 'model' | 'naive'>
}): Detector<Watched>[] {
  return [
    taking(residual('residual', calibration.model.residualOverScale), of => beside(of, of.model)),
    taking(residual('naive-residual', calibration.naive.residualOverScale), of => beside(of, of.naive)),
    taking(feed(feedId), ({ bar, standing, quantiles }) => sizesOf(standing, quantiles, bar)),
    ...makeOnlookers(),
  ]
}

function beside({ bar, standing }: Watched, { high, low }: Expected): Residual {
  return {
    high: { actual: bar.high, expected: high.expected },
    low: { actual: bar.low, expected: low.expected },
    scale: standing.scale,
  }
}

import { feed } from '@candlewatch/core/detectors/feed'
import { type Residual, residual } from '@candlewatch/core/detectors/residual'
import { sizesOf } from '@candlewatch/core/detectors/sizes'
import { makeOnlookers, taking } from '@candlewatch/core/engine/onlookers'
import type { Calibration } from '@candlewatch/core/forecast/artifact'
import type { Detector } from '@candlewatch/core/types'
import type { Expected, Watched } from './watcher.ts'

/** The detector whose figures the report card shows for injected faults. */
export const feedId = 'feed'

interface LineupParts {
  readonly calibration: Pick<Calibration, 'model' | 'naive'>
}

/** Makes every detector that the engine runs, drivers and observers, each to be run by itself. */
export function makeLineup({ calibration }: LineupParts): Detector<Watched>[] {
  return [
    taking(residual('residual', calibration.model.residualOverScale), of => residualOf(of, of.model)),
    taking(residual('naive-residual', calibration.naive.residualOverScale), of => residualOf(of, of.naive)),
    taking(feed(feedId), ({ bar, standing, quantiles }) => sizesOf(standing, quantiles, bar)),
    ...makeOnlookers(),
  ]
}

function residualOf({ bar, standing }: Watched, { high, low }: Expected): Residual {
  return {
    high: { actual: bar.high, expected: high.expected },
    low: { actual: bar.low, expected: low.expected },
    scale: standing.scale,
  }
}

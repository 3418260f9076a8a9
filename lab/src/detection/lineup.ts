import { feed } from '@candlewatch/core/detectors/feed'
import { gaussianMixture } from '@candlewatch/core/detectors/gaussian-mixture'
import { isolationForest } from '@candlewatch/core/detectors/isolation-forest'
import { kmeans } from '@candlewatch/core/detectors/kmeans'
import { move } from '@candlewatch/core/detectors/move'
import { type Residual, residual } from '@candlewatch/core/detectors/residual'
import { observationsOf, rules } from '@candlewatch/core/detectors/rules'
import { sizesOf } from '@candlewatch/core/detectors/sizes'
import { surprise } from '@candlewatch/core/detectors/surprise'
import { zscore } from '@candlewatch/core/detectors/zscore'
import type { Model } from '@candlewatch/core/forecast/artifact'
import type { Detector } from '@candlewatch/core/types'
import type { Expected, Observation } from './watcher.ts'

export type Candidate = Detector<Observation>

/** The one whose figures stand for what is found of injected faults. */
export const feedId = 'feed'

/** Every detector, each on what it takes of an observation. */
export function makeLineup({ calibration }: Model): Candidate[] {
  return [
    taking(residual('residual', calibration.model.residualOverScale), of => beside(of, of.model)),
    taking(residual('naive-residual', calibration.naive.residualOverScale), of => beside(of, of.naive)),
    taking(move('move'), ({ bar, standing }) => ({ high: bar.high, low: bar.low, previousClose: standing.close })),
    taking(zscore('zscore'), ({ bar, standing }) => ({ logReturn: Math.log(bar.close / standing.close) })),
    taking(isolationForest('isolation-forest'), of => of.outcomes),
    taking(kmeans('kmeans'), of => of.outcomes),
    taking(feed(feedId), ({ bar, standing, quantiles }) => sizesOf(standing, quantiles, bar)),
    taking(gaussianMixture('gaussian-mixture'), of => of.outcomes),
    taking(surprise('surprise'), ({ quantiles, outcomes }) => ({ quantiles, outcomes })),
    taking(rules('rules'), ({ bar, intervalMs }) => observationsOf(bar, intervalMs)),
  ]
}

function taking<Features>(detector: Detector<Features>, of: (observation: Observation) => Features): Candidate {
  return {
    id: detector.id,
    score: observation => detector.score(of(observation)),
    learn: observation => detector.learn(of(observation)),
    save: () => detector.save(),
    load: state => detector.load(state),
  }
}

function beside({ bar, standing }: Observation, { high, low }: Expected): Residual {
  return {
    high: { actual: bar.high, expected: high.expected },
    low: { actual: bar.low, expected: low.expected },
    scale: standing.scale,
  }
}

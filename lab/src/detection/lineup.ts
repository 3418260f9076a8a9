import { gaussianMixture } from '@candlewatch/core/detectors/gaussian-mixture'
import { isolationForest } from '@candlewatch/core/detectors/isolation-forest'
import { kmeans } from '@candlewatch/core/detectors/kmeans'
import { move } from '@candlewatch/core/detectors/move'
import { type Residual, residual } from '@candlewatch/core/detectors/residual'
import { observationsOf, rules } from '@candlewatch/core/detectors/rules'
import { surprise } from '@candlewatch/core/detectors/surprise'
import { zscore } from '@candlewatch/core/detectors/zscore'
import { pack, unpack } from '@candlewatch/core/engine/snapshot'
import type { Model } from '@candlewatch/core/forecast/artifact'
import { fisher } from '@candlewatch/core/stats/fisher'
import type { Detector } from '@candlewatch/core/types'
import { LnTail } from './tail.ts'
import type { Expected, Observation } from './watcher.ts'

export type Candidate = Detector<Observation>

/** The one whose figures stand for what is found of injected faults. */
export const feedId = 'feed'

/** Every detector, each on what it takes of an observation. Those that look at others come before them, so as to learn first. */
export function makeLineup({ calibration }: Model): Candidate[] {
  const improbable = taking(surprise('surprise'), ({ quantiles, outcomes }) => ({ quantiles, outcomes }))
  const mixture = taking(gaussianMixture('gaussian-mixture'), of => of.outcomes)
  return [
    taking(residual('residual', calibration.model.residualOverScale), of => beside(of, of.model)),
    taking(residual('naive-residual', calibration.naive.residualOverScale), of => beside(of, of.naive)),
    taking(move('move'), ({ bar, standing }) => ({ high: bar.high, low: bar.low, previousClose: standing.close })),
    taking(zscore('zscore'), ({ bar, standing }) => ({ logReturn: Math.log(bar.close / standing.close) })),
    taking(isolationForest('isolation-forest'), of => of.outcomes),
    taking(kmeans('kmeans'), of => of.outcomes),
    combined(feedId, [improbable, mixture]),
    mixture,
    improbable,
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

/** Fisher's combination of their p-values; null while one of them has none. Scoring asks them; they learn by themselves. */
function combined(id: string, detectors: readonly Candidate[]): Candidate {
  const parts = detectors.map(detector => ({ detector, tail: new LnTail() }))
  return {
    id,
    score(observation) {
      const lnPs = parts.map(({ detector, tail }) => {
        const score = detector.score(observation)
        return score === null ? null : tail.lnP(score)
      })
      return lnPs.every(lnP => lnP !== null) ? fisher(lnPs) : null
    },
    learn(observation) {
      for (const { detector, tail } of parts) {
        const score = detector.score(observation)
        if (score !== null) tail.learn(score)
      }
    },
    save: () => pack(parts.map(({ tail }) => tail.save())),
    load(state) {
      unpack(state).forEach((one, i) => {
        parts[i]?.tail.load(one)
      })
    },
  }
}

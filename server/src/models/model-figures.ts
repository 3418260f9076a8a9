import type { ModelFigures } from '@candlewatch/api/models'
import { manifestSchema } from '@candlewatch/core/forecast/artifact'
import type { Market } from '@candlewatch/core/types'
import type { z } from 'zod'

const shape = manifestSchema.pick({ market: true, network: true, features: true, training: true })
type Shape = z.output<typeof shape>

/** How a model was trained, by its manifest; null when another program wrote the manifest. */
export function figuresOf(manifest: unknown): ModelFigures | null {
  const found = shape.safeParse(manifest)
  if (!found.success) return null
  const { market, network, features, training } = found.data
  const { bars, validationFrom, refitted, seconds, backend, seed } = training
  const { epochs, batchSize, learningRate, weighting, averaging, distillation } = training
  const { lookback, members, units, parameters } = network
  return {
    market: market as Market,
    bars,
    validationFrom,
    refitted,
    seconds,
    backend,
    features,
    seeds: Array.from({ length: members }, (_, i) => seed + i),
    settings: { epochs, batchSize, learningRate, weighting, averaging, distillation },
    // Merged members are next to each other in one layer.
    network: { lookback, members, units: units / members, parameters },
    curves: curvesOf(training),
  }
}

/** Splits the epochs, which are numbered over all members, by member. */
function curvesOf({ epochs, losses, kept }: Shape['training']): ModelFigures['curves'] {
  const memberOf = (epoch: number) => Math.ceil(epoch / epochs)
  const own = (epoch: number) => epoch - (memberOf(epoch) - 1) * epochs
  const members = [...new Set(losses.map(({ epoch }) => memberOf(epoch)))]
  return members.map(network => {
    const its = losses.filter(({ epoch }) => memberOf(epoch) === network)
    const best = kept.find(epoch => memberOf(epoch) === network)
    return {
      network,
      kept: best === undefined ? null : own(best),
      losses: its.map(({ epoch, ...loss }) => ({ epoch: own(epoch), ...loss })),
    }
  })
}

import { manifestSchema } from '@candlewatch/core/forecast/artifact'
import type { z } from 'zod'
import type { modelFigures } from './model-schemas.ts'

type Figures = z.output<typeof modelFigures>

const shape = manifestSchema.pick({ market: true, network: true, features: true, training: true })
type Shape = z.output<typeof shape>

/** What a model's manifest tells of its training; null where it is of another program. */
export function figuresOf(manifest: unknown): Figures | null {
  const found = shape.safeParse(manifest)
  if (!found.success) return null
  const { market, network, features, training } = found.data
  const { bars, validationFrom, refitted, seconds, backend, seed } = training
  const { epochs, batchSize, learningRate, weighting, averaging, distillation } = training
  const { lookback, members, units, parameters } = network
  return {
    ...{ market, bars, validationFrom, refitted, seconds, backend, features },
    seeds: Array.from({ length: members }, (_, i) => seed + i),
    settings: { epochs, batchSize, learningRate, weighting, averaging, distillation },
    // Merged, the members lie side by side in one layer.
    network: { lookback, members, units: units / members, parameters },
    curves: curvesOf(training),
  }
}

/** Epochs of the members are counted on, one after another: each member has its own again. */
function curvesOf({ epochs, losses, kept }: Shape['training']): Figures['curves'] {
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

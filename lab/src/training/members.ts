import { CandlewatchError } from '@candlewatch/core/errors'
import type { Dataset } from '@candlewatch/core/forecast/dataset'
import { merge } from '@candlewatch/core/forecast/ensemble'
import { type Epoch, type FitOptions, type FitProgress, type Fitted, fit } from '@candlewatch/core/forecast/fit'
import type { LstmShape } from '@candlewatch/core/forecast/lstm'

export interface FittedMembers {
  readonly network: Fitted['network']
  /** Of the merged network: as many units as all members have together. */
  readonly shape: LstmShape
  readonly members: number
  /** Weights that were learned, in all members. */
  readonly parameters: number
  /** One member after another; epochs are counted on. */
  readonly losses: readonly Epoch[]
  /** The epoch that each member kept, counted on. */
  readonly kept: readonly number[]
  readonly ended: Fitted['ended']
}

/** Trains members that differ in their seed alone, and merges them. Stopped on the way, those that have an epoch count. */
export async function fitMembers(
  dataset: Dataset,
  options: FitOptions,
  members: number,
  progress: FitProgress,
): Promise<FittedMembers> {
  const fitted: Fitted[] = []
  const losses: Epoch[] = []
  const kept: number[] = []
  for (let member = 0; member < members; member++) {
    const before = member * options.epochs
    const one = await fit(dataset, { ...options, seed: options.seed + member }, countedOn(progress, before)).catch(
      orNull(fitted.length > 0),
    )
    if (one === null) break
    fitted.push(one)
    losses.push(...one.losses.map(epoch => ({ ...epoch, epoch: before + epoch.epoch })))
    kept.push(before + one.kept)
    if (one.ended === 'stopped') break
  }
  const networks = fitted.map(one => one.network)
  const parameters = networks.reduce((sum, network) => sum + network.countParams(), 0)
  const stopped = fitted.length < members || fitted.at(-1)?.ended === 'stopped'
  const ended = stopped ? 'stopped' : (fitted.find(one => one.ended === 'patience')?.ended ?? 'complete')
  const [only] = networks
  if (only && networks.length === 1) {
    return { network: only, shape: options.shape, members: 1, parameters, losses, kept, ended }
  }
  const { network, shape } = merge(networks, options.shape)
  for (const member of networks) member.dispose()
  return { network, shape, members: networks.length, parameters, losses, kept, ended }
}

export function countedOn(progress: FitProgress, before: number): FitProgress {
  return {
    ...progress,
    onBatch: (epoch, done, batches, loss) => progress.onBatch?.(before + epoch, done, batches, loss),
    onEpoch: epoch => progress.onEpoch?.({ ...epoch, epoch: before + epoch.epoch }),
  }
}

/** Interrupted before its first epoch, a member is left out where others are there already. */
export function orNull(allowed: boolean): (error: unknown) => null {
  return error => {
    if (allowed && error instanceof CandlewatchError && error.code === 'ERR_TRAINING_INTERRUPTED') return null
    throw error
  }
}

import { CandlewatchError } from '@candlewatch/core/errors'
import type { Dataset } from '@candlewatch/core/forecast/dataset'
import { merge } from '@candlewatch/core/forecast/ensemble'
import { type Epoch, type FitOptions, type FitProgress, type Fitted, fit } from '@candlewatch/core/forecast/fit'
import type { LstmShape } from '@candlewatch/core/forecast/lstm'

/** The merged network of all members. */
export interface FittedMembers {
  readonly network: Fitted['network']
  /** The shape of the merged network, with as many units as all members together. */
  readonly shape: LstmShape
  readonly members: number
  /** The number of learned weights of all members. */
  readonly parameters: number
  /** The losses of one member after another; epochs are numbered through. */
  readonly losses: readonly Epoch[]
  /** The epoch that each member kept, numbered through. */
  readonly kept: readonly number[]
  readonly ended: Fitted['ended']
}

/** Trains members that differ only in their seed, and merges them. If it is stopped, the members with at least one epoch count. */
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

/** Numbers epochs on from those before. */
export function countedOn(progress: FitProgress, before: number): FitProgress {
  return {
    ...progress,
    onBatch: (epoch, done, batches, loss) => progress.onBatch?.(before + epoch, done, batches, loss),
    onEpoch: epoch => progress.onEpoch?.({ ...epoch, epoch: before + epoch.epoch }),
  }
}

/** Returns null for a member that was interrupted before its first epoch, if others are trained already. */
export function orNull(allowed: boolean): (error: unknown) => null {
  return error => {
    if (allowed && error instanceof CandlewatchError && error.code === 'ERR_TRAINING_INTERRUPTED') return null
    throw error
  }
}

import { getBackend, type Tensor, tidy } from '@tensorflow/tfjs-core'
import { registerFor } from './kernels.ts'

/** Two ways to the same numbers. */
export interface Contest {
  fused(): Tensor
  stock(): Tensor
}

// Both compute on this processor from memory in reach, and the benchmark has settled it: fused wins by far.
const settled = ['wasm', 'cpu']
for (const backend of settled) registerFor(backend)

const chosen = new Map<string, boolean>(settled.map(backend => [backend, true]))

/**
 * True if the fused kernel serves the backend that is set. On others (the native binding, a GPU) numbers must be copied
 * out and back: there, the first call with a contest runs both ways, and the quicker one stays for as long as the process
 * runs. Until then, without a contest (null), the stock way serves.
 */
export function servesFused(makeContest: (() => Contest) | null): boolean {
  const backend = getBackend()
  const known = chosen.get(backend)
  if (known !== undefined || makeContest === null) return known ?? false
  const contest = makeContest()
  registerFor(backend)
  const fusedMs = quickestMs(contest.fused)
  const stays = Number.isFinite(fusedMs) && fusedMs <= quickestMs(contest.stock)
  chosen.set(backend, stays)
  return stays
}

const tries = 3

/** Measures a few runs after one that doesn't count; infinite for a backend that can't. Leaves no tensor behind. */
function quickestMs(run: () => Tensor): number {
  let least = Number.POSITIVE_INFINITY
  try {
    for (let i = 0; i <= tries; i++) {
      const start = performance.now()
      // Read, since some backends only begin the work when it is asked for.
      tidy(() => void run().dataSync())
      if (i > 0) least = Math.min(least, performance.now() - start)
    }
  } catch {
    return Number.POSITIVE_INFINITY
  }
  return least
}

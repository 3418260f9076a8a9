import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A case to measure. */
export interface TorchCase {
  readonly name: string
  readonly windows: number
  readonly steps: number
  readonly features: number
  readonly units: number
  /** Number of training steps; 0 for a prediction. */
  readonly batch: number
  readonly torchCalls: number
}

/** The times of PyTorch. */
export interface Torch {
  readonly python: string
  readonly version: string
  readonly ms: Readonly<Record<string, number>>
}

// Debian's python3-torch belongs to the system's interpreter, which another on PATH may hide.
const interpreters = ['python3', '/usr/bin/python3']

/** Measures PyTorch's milliseconds for the same work on one thread; null if no interpreter has PyTorch. Throws if it fails. */
export function timeTorch(cases: readonly TorchCase[], runs: number): Torch | null {
  const python = interpreters.find(candidate => spawnSync(candidate, ['-c', 'import torch']).status === 0)
  if (python === undefined) return null
  const script = fileURLToPath(new URL('../src/torch-lstm.py', import.meta.url))
  const { status, stdout, stderr } = spawnSync(python, [script], { input: JSON.stringify({ cases, runs }) })
  if (status !== 0) throw new Error(`${python} ${script} ended with ${status}: ${stderr}`)
  return { python, ...(JSON.parse(String(stdout)) as { version: string; ms: Record<string, number> }) }
}

import type { Ms } from './types.ts'

/** What time it is. `core` never asks the machine: a program hands this in, a test hands in its own. */
export interface Clock {
  now(): Ms
}

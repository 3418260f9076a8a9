import type { Ms } from './types.ts'

/** Tells the time. `core` never asks the machine: a program passes its clock in, a test passes its own. */
export interface Clock {
  now(): Ms
}

import { signal } from '@preact/signals'
import type { Training } from '../api/models.ts'
import { onEvent } from '../api/stream.ts'
import { joinTraining } from './training.ts'

/** null until the server has told of one. */
export const training = signal<Training | null>(null)

export function tellTraining(next: Training): void {
  training.value = joinTraining(training.peek(), next)
}

/** Listens as long as the page lasts: a training shows in every room. */
export function runTraining(): void {
  onEvent('training', tellTraining)
}

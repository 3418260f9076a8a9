import type { Training } from '@candlewatch/api/training'
import { signal } from '@preact/signals'
import { onEvent } from '../api/stream.ts'
import type { Line } from './curve.ts'

/** The training under way or the last one; null until the server has reported one. */
export const training = signal<Training | null>(null)

/** Takes in a report of the training, from an answer or the stream. */
export function receiveTraining(next: Training): void {
  training.value = joinTraining(training.peek(), next)
}

/** Listens to the stream as long as the page lasts: every room shows a training under way. */
export function runTraining(): void {
  onEvent('training', receiveTraining)
}

/** Joins two reports of a training. The stream sends each epoch once, and all of them at connection; none may count twice. */
export function joinTraining(before: Training | null, next: Training): Training {
  if (before === null || next.startedAt === null) return next
  if (before.startedAt !== next.startedAt) return startOf(before) > startOf(next) ? before : next
  const known = new Set(before.losses.map(keyOf))
  const losses = [...before.losses, ...next.losses.filter(loss => !known.has(keyOf(loss)))]
  // The stream may overtake an answer: a training that has ended does not run again.
  return { ...(before.state !== 'running' && next.state === 'running' ? before : next), losses }
}

const startOf = ({ startedAt }: Training) => Date.parse(startedAt ?? '')

const keyOf = ({ learner, number, again, epoch }: Training['losses'][number]) =>
  `${learner} ${number} ${again} ${epoch}`

/** A line for each learner so far: the parts of the teacher in the background, and the networks. */
export function linesOf({ losses }: Pick<Training, 'losses'>): readonly Line[] {
  const lines = new Map<string, { name: string; isQuiet: boolean; kept: null; losses: Training['losses'][number][] }>()
  for (const loss of losses) {
    const { learner, number, again } = loss
    const name = `${learner === 'teacher' ? 'Teacher' : 'Network'} ${number}${again ? ', all rows' : ''}`
    const line = lines.get(name) ?? { name, isQuiet: learner === 'teacher', kept: null, losses: [] }
    line.losses.push(loss)
    lines.set(name, line)
  }
  return [...lines.values()]
}

/** `4 s`, `2 min 5 s`, `1 h 12 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`
}

/** An estimate of the time left: `about 20 s`, `about 3 min`. */
export function formatLeft(seconds: number): string {
  if (seconds < 10) return 'a few seconds'
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} s`
  return `about ${Math.round(seconds / 60)} min`
}

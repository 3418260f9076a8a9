import { isoDate } from '@candlewatch/core/interval'
import type { Ms } from '@candlewatch/core/types'
import type { Epoch, TrainerLine, TrainingSize } from './trainer.ts'

export const trainingStates = ['idle', 'running', 'done', 'failed', 'cancelled'] as const
export type TrainingState = (typeof trainingStates)[number]

/** What one is doing now, in the order in which it happens. */
export const trainingPhases = ['reading', 'teaching', 'learning', 'measuring', 'trying'] as const
export type TrainingPhase = (typeof trainingPhases)[number]

/** The training under way, or the last one since the server started. Dates are ISO 8601 UTC. */
export interface Training {
  readonly state: TrainingState
  readonly startedBy: 'hand' | 'schedule' | null
  readonly size: TrainingSize | null
  readonly startedAt: string | null
  readonly endedAt: string | null
  /** Whose new version it makes. */
  readonly model: string | null
  readonly market: string | null
  readonly interval: string | null
  /** What it learns from, known once they are read. */
  readonly rows: Extract<TrainerLine, { rows: unknown }>['rows'] | null
  /** null unless it runs. */
  readonly phase: TrainingPhase | null
  /** Where it is, or what came of it, in one sentence. */
  readonly says: string
  /** Of all epochs of all that learn. */
  readonly share: number
  /** Of the one that learns now. */
  readonly epoch: number
  readonly epochs: number
  /** By the pace so far; null while that would be a guess. */
  readonly secondsLeft: number | null
  /** In the order in which they ended. */
  readonly losses: readonly Epoch[]
  /** What it made. */
  readonly version: string | null
}

export const noTraining: Training = {
  ...{ state: 'idle', startedBy: null, size: null, startedAt: null, endedAt: null },
  ...{ model: null, market: null, interval: null, rows: null },
  ...{ phase: null, says: 'No training since the server started.', share: 0, epoch: 0, epochs: 0 },
  ...{ secondsLeft: null, losses: [], version: null },
}

type Of = Required<{ [K in 'startedBy' | 'size' | 'model' | 'market' | 'interval']: NonNullable<Training[K]> }>

export function begun(of: Of, now: Ms): Training {
  const says = `Reading the stored bars of ${of.market}, ${of.interval}.`
  return { ...noTraining, ...of, state: 'running', startedAt: isoDate(now), phase: 'reading', says }
}

/** The training after a line of the trainer's. */
export function heard(training: Training, line: TrainerLine, now: Ms): Training {
  if ('rows' in line) return { ...training, rows: line.rows }
  const { learner, number, of, again, epoch, epochs, share, losses } = line.learning
  const shown = { ...training, share, epoch, epochs, losses: [...training.losses, ...losses] }
  if (share >= 1) {
    return {
      ...shown,
      phase: 'measuring',
      says: 'Measuring it on rows that no weight was fitted on, and writing it.',
      secondsLeft: null,
    }
  }
  const who = learner === 'teacher' ? `Part ${number} of ${of} of its teacher` : `Network ${number} of ${of}`
  return {
    ...shown,
    phase: learner === 'teacher' ? 'teaching' : 'learning',
    says: `${who} learns${again ? ' once more, from all rows' : ''}: epoch ${epoch} of ${epochs}.`,
    secondsLeft: secondsLeft(training, share, now),
  }
}

export function trying(training: Training, version: string): Training {
  return {
    ...training,
    ...{ version, share: 1, phase: 'trying', secondsLeft: null },
    says: `Trying ${version} over the last 30 days beside the champion.`,
  }
}

export function over(
  training: Training,
  outcome: Pick<Training, 'says'> & { readonly state: Exclude<TrainingState, 'idle' | 'running'> },
  now: Ms,
): Training {
  return { ...training, ...outcome, endedAt: isoDate(now), phase: null, secondsLeft: null }
}

// Before, the start of the process and its first, slower steps tell little of the pace.
const paceFrom = { share: 0.03, ms: 3_000 }

function secondsLeft({ startedAt }: Training, share: number, now: Ms): number | null {
  const ms = now - Date.parse(startedAt ?? '')
  if (share < paceFrom.share || ms < paceFrom.ms) return null
  return Math.ceil(((ms / share) * (1 - share)) / 1_000)
}

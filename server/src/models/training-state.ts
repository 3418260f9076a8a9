import type { TrainerLine, Training } from '@candlewatch/api/training'
import { isoDate } from '@candlewatch/core/interval'
import { secondMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'

/** The state before the first training since the server started. */
export const noTraining: Training = {
  state: 'idle',
  startedBy: null,
  size: null,
  startedAt: null,
  endedAt: null,
  model: null,
  market: null,
  interval: null,
  rows: null,
  phase: null,
  says: 'No training since the server started.',
  share: 0,
  epoch: 0,
  epochs: 0,
  secondsLeft: null,
  losses: [],
  version: null,
}

type Begun = { readonly [K in 'startedBy' | 'size' | 'model']: NonNullable<Training[K]> } & Pick<
  Training,
  'market' | 'interval'
>

/** The state of a training that starts now. */
export function begun(of: Begun, now: Ms): Training {
  const source = of.market === null ? 'every stream' : `${of.market}, ${of.interval}`
  const says = `Reading the stored bars of ${source}.`
  return { ...noTraining, ...of, state: 'running', startedAt: isoDate(now), phase: 'reading', says }
}

/** The state after a line of progress from the trainer. */
export function advanced(training: Training, line: TrainerLine, now: Ms): Training {
  if ('rows' in line) return { ...training, rows: line.rows }
  const { learner, number, of, again, epoch, epochs, share, losses } = line.learning
  const shown = { ...training, share, epoch, epochs, losses: [...training.losses, ...losses] }
  if (share >= 1) {
    return {
      ...shown,
      phase: 'measuring',
      says: 'Evaluating the model on unseen rows and writing its files.',
      secondsLeft: null,
    }
  }
  const who = learner === 'teacher' ? `Teacher network ${number} of ${of}` : `Network ${number} of ${of}`
  return {
    ...shown,
    phase: learner === 'teacher' ? 'teaching' : 'learning',
    says: `${who}${again ? ', refit on all rows' : ''}: epoch ${epoch} of ${epochs}.`,
    secondsLeft: secondsLeft(training, share, now),
  }
}

/** The state while the new version is compared with the champion. */
export function trying(training: Training, version: string): Training {
  return {
    ...training,
    version,
    share: 1,
    phase: 'trying',
    secondsLeft: null,
    says: `Comparing ${version} with the champion over the last 30 days.`,
  }
}

/** How a training ended. */
export interface Outcome extends Pick<Training, 'says'> {
  readonly state: Exclude<Training['state'], 'idle' | 'running'>
}

/** The state of a training that has ended. */
export function ended(training: Training, outcome: Outcome, now: Ms): Training {
  return { ...training, ...outcome, endedAt: isoDate(now), phase: null, secondsLeft: null }
}

// Earlier, the start of the process and its slow first steps say little about the pace.
const paceFrom = { share: 0.03, ms: 3_000 }

function secondsLeft({ startedAt }: Training, share: number, now: Ms): number | null {
  const ms = now - Date.parse(startedAt ?? '')
  if (share < paceFrom.share || ms < paceFrom.ms) return null
  return Math.ceil(((ms / share) * (1 - share)) / secondMs)
}

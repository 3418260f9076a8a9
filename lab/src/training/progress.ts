import { performance } from 'node:perf_hooks'
import type { TrainerLine, TrainingLoss } from '@candlewatch/api/training'
import type { Epoch, FitProgress } from '@candlewatch/core/forecast/fit'
import { SingleBar } from 'cli-progress'
import type { Output } from '../program.ts'
import { stageOf } from './stage.ts'
import { epochsOf } from './training.ts'

export interface ShownProgress extends Required<Pick<FitProgress, 'onBatch' | 'onEpoch'>> {
  stop(): void
}

/** Between two lines within one epoch. */
const patienceMs = 15_000
/** Between two lines for a program, which draws them. */
const programPatienceMs = 250

/** A bar on a terminal; elsewhere a line an epoch, and one every 15 s while an epoch lasts longer. */
export function trainingProgress(output: Output, epochs: number, now = () => performance.now()): ShownProgress {
  return output.isTTY ? barProgress(epochs) : lineProgress(output, epochs, now)
}

function barProgress(epochs: number): ShownProgress {
  const bar = new SingleBar({
    format: 'epoch {epoch}/{epochs} {bar} {percentage}% loss {loss} validation {validation} {eta_formatted} left',
    hideCursor: true,
    etaBuffer: 60,
  })
  const status = { epoch: 1, epochs, loss: '–', validation: '–' }
  bar.start(epochs, 0, status)
  return {
    onBatch(epoch, done, batches, loss) {
      bar.setTotal(epochs * batches)
      bar.update((epoch - 1) * batches + done, { ...Object.assign(status, { epoch, loss: loss.toFixed(4) }) })
    },
    onEpoch: ({ validation }) => bar.update({ ...Object.assign(status, { validation: shown(validation) }) }),
    stop: () => bar.stop(),
  }
}

function lineProgress(output: Output, epochs: number, now: () => number): ShownProgress {
  const started = now()
  let lastLine = started
  const say = (text: string, done: number) => {
    lastLine = now()
    output.error(`${text}, ${duration(((lastLine - started) * (epochs - done)) / Math.max(done, 1e-9))} left`)
  }
  return {
    onBatch(epoch, done, batches, loss) {
      if (done === batches || now() - lastLine < patienceMs) return
      say(
        `epoch ${epoch}/${epochs} ${Math.floor((100 * done) / batches)} % loss ${loss.toFixed(4)}`,
        epoch - 1 + done / batches,
      )
    },
    onEpoch: ({ epoch, training, validation }: Epoch) =>
      say(`epoch ${epoch}/${epochs} loss ${training.toFixed(4)} validation ${shown(validation)}`, epoch),
    stop() {},
  }
}

/** A line of progress as text, for a program. */
export const trainerText = (line: TrainerLine): string => JSON.stringify(line)

/** Writes lines of the contract to stderr, four a second at most. */
export function programProgress(
  output: Output,
  options: Parameters<typeof stageOf>[1],
  now = () => performance.now(),
): ShownProgress {
  const epochs = epochsOf(options)
  let lastLine = Number.NEGATIVE_INFINITY
  let losses: readonly TrainingLoss[] = []
  const say = (epoch: number, done: number) => {
    if (done < epochs && now() - lastLine < programPatienceMs) return
    lastLine = now()
    const learning = { ...stageOf(epoch, options), epochs: options.epochs, share: done / epochs, losses }
    output.error(trainerText({ learning }))
    losses = []
  }
  return {
    onBatch: (epoch, done, batches) => say(epoch, epoch - 1 + done / batches),
    onEpoch({ epoch, training, validation }) {
      const { of: _, ...stage } = stageOf(epoch, options)
      losses = [...losses, { ...stage, training, validation }]
      say(epoch, epoch)
    },
    stop() {},
  }
}

/** Fitted once more on all rows, an epoch has nothing to validate on. */
const shown = (validation: number | null) => validation?.toFixed(4) ?? '–'

/** 95,000 → `1m35s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${seconds % 60}s`
  return `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m`
}

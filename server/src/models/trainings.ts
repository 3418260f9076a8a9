import type { Trial } from '@candlewatch/adapters/stores/models'
import type { TrainerLine, Training, TrainingSize } from '@candlewatch/api/training'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Log } from '../platform/log.ts'
import type { OpenModel } from './model-folders.ts'
import type { ModelRegistry } from './model-registry.ts'
import { type TrainingOrder, whyFailed } from './trainer-process.ts'
import { advanced, begun, ended, noTraining, trying } from './training-state.ts'
import { streamOf } from './trial.ts'

/** Trains new versions of the champion, one at a time. */
export interface Trainings {
  /** Starts a training by hand. Throws ERR_RETRAIN_RUNNING. */
  start(size?: TrainingSize): void
  /** Trains on schedule; resolves to the result in one sentence. Aborting `stop` cancels it. Throws ERR_RETRAIN_FAILED. */
  scheduled(stop: AbortSignal): Promise<string>
  /** Ends the training under way; resolves when it has ended. It leaves nothing, or a complete version that is a candidate. */
  cancel(): Promise<void>
  /** The training under way, or the last one. */
  current(): Training
  /** Ends the training under way. */
  close(): Promise<void>
}

/** The parts that trainings work with. */
export interface TrainingsParts {
  readonly models: Pick<ModelRegistry, 'champion' | 'scan' | 'find' | 'promote'>
  /** Makes a new version for the champion's market, and resolves to it. */
  train(champion: OpenModel, order: TrainingOrder, stop: AbortSignal): Promise<{ readonly version: string }>
  /** Compares a new version with the champion; resolves to null if there are no bars to compare them on. */
  trial(challenger: OpenModel, champion: OpenModel): Promise<Trial | null>
  /** Called with every step of a training. */
  changed?(training: Training): void
  readonly clock: Clock
  readonly log: Log
}

interface Running {
  readonly stop: AbortController
  readonly ended: Promise<void>
}

/** Makes the trainings. A training that fails is logged and changes nothing. */
export function makeTrainings({ models, train, trial, changed, clock, log }: TrainingsParts): Trainings {
  let running: Running | null = null
  let training = noTraining

  return {
    start(size = 'full') {
      if (running !== null) {
        throw new CandlewatchError(
          'ERR_RETRAIN_RUNNING',
          'A training is running already. Start the next when it has ended, or cancel it with DELETE /api/training.',
        )
      }
      begin('hand', size)
    },
    async scheduled(stop) {
      if (running !== null) return 'Skipped: a training was running already.'
      const { ended } = begin('schedule', 'full')
      stop.addEventListener('abort', () => void cancel(), { once: true })
      await ended
      stop.throwIfAborted()
      if (training.state === 'done') return training.says
      throw new CandlewatchError('ERR_RETRAIN_FAILED', training.says)
    },
    cancel,
    current: () => training,
    close: cancel,
  }

  async function cancel(): Promise<void> {
    running?.stop.abort()
    await running?.ended
  }

  function begin(startedBy: 'hand' | 'schedule', size: TrainingSize): Running {
    const champion = models.champion()
    const { name, interval } = champion.manifest
    const market = streamOf(champion)?.market ?? null
    const stop = new AbortController()
    show(begun({ startedBy, size, model: name, market, interval }, clock.now()))
    const done = retrain(champion, size, stop.signal)
      .then(
        says => ({ state: 'done', says }) as const,
        (err: unknown) => endOf(err, stop.signal, name),
      )
      .then(outcome => {
        // Before the event, so that its subscribers can start the next training.
        running = null
        show(ended(training, outcome, clock.now()))
      })
    running = { stop, ended: done }
    return running
  }

  function endOf(err: unknown, stop: AbortSignal, model: string) {
    if (!stop.aborted) {
      log.error({ err }, 'training failed')
      return { state: 'failed', says: whyFailed(err) } as const
    }
    log.info({ model }, 'training cancelled')
    const { version } = training
    const left = version === null ? 'nothing was written' : `${version} stays a candidate`
    return { state: 'cancelled', says: `Cancelled: ${left}.` } as const
  }

  function show(next: Training): void {
    training = next
    changed?.(next)
  }

  /** Trains, compares, and promotes if the rule is met. Resolves to the result in one sentence. */
  async function retrain(champion: OpenModel, size: TrainingSize, stop: AbortSignal): Promise<string> {
    const { name } = champion.manifest
    log.info({ model: name, size }, 'training a new version')
    const progress = (line: TrainerLine) => show(advanced(training, line, clock.now()))
    const { version } = await train(champion, { size, progress }, stop)
    show(trying(training, version))
    await models.scan()
    const challenger = await models.find(name, version)
    if (isSame(challenger, models.champion())) {
      log.info({ model: name, version }, 'training: the result is the current champion')
      return `The result is the current champion, ${version}: the rows are the same.`
    }
    const result = await trial(challenger, models.champion())
    stop.throwIfAborted()
    if (!result) {
      log.warn({ model: name, version }, 'no trial: every stored bar was used in the training')
      return `Trained ${version}. Not compared: every stored bar was used in its training.`
    }
    const { more, fewer, alarms, passed, because } = result
    const decision = `${passed ? 'Promoted' : 'Not promoted'}. ${because}`
    log.info({ model: name, version, more, fewer, alarms, passed }, `${more} more, ${fewer} fewer. ${decision}`)
    // Another version may have been promoted meanwhile: the trial does not compare with that one.
    if (models.champion().manifest.version !== result.champion) {
      return `Trained ${version}, a candidate: it was compared with ${result.champion}, which is no longer champion.`
    }
    if (passed) await models.promote(name, version, because)
    return `Trained ${version}. ${decision}`
  }
}

const isSame = ({ manifest: a }: OpenModel, { manifest: b }: OpenModel) => a.version === b.version

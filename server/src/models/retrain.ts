import type { Trial } from '@candlewatch/adapters/stores/models'
import type { TrainerLine, Training, TrainingSize } from '@candlewatch/api/training'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Logger, schedule } from 'node-cron'
import type { Log } from '../platform/log.ts'
import type { OpenModel } from './model-files.ts'
import type { Models } from './models.ts'
import { type TrainingOrder, whyFailed } from './trainer.ts'
import { advanced, begun, ended, noTraining, trying } from './training.ts'
import { streamOf } from './trial.ts'

export interface Retrain {
  /** Starts one by hand. Throws ERR_RETRAIN_RUNNING. */
  start(size?: TrainingSize): void
  /** Ends the one under way; resolves when it has ended. What it would have made is absent, or whole and a candidate. */
  cancel(): Promise<void>
  /** The one under way, or the last one. */
  training(): Training
  /** Ends the one under way, and the schedule. */
  close(): Promise<void>
}

export interface RetrainParts {
  /** Five cron fields, UTC; undefined: by hand alone. */
  readonly cron?: string | undefined
  readonly models: Models
  /** Makes a new version for the same market as the champion, and resolves to it. */
  train(champion: OpenModel, order: TrainingOrder, stop: AbortSignal): Promise<{ readonly version: string }>
  trial(challenger: OpenModel, champion: OpenModel): Promise<Trial | null>
  /** Told of every step. */
  changed?(training: Training): void
  readonly clock: Clock
  readonly log: Log
}

/** Train, look, try, and promote when the rule says so: never two at once. A failure is logged and changes nothing. */
export function makeRetrain({ cron, models, train, trial, changed, clock, log }: RetrainParts): Retrain {
  let running: { readonly stop: AbortController; readonly ended: Promise<void> } | null = null
  let training = noTraining
  const task =
    cron === undefined ? null : schedule(cron, onTime, { timezone: 'UTC', name: 'retrain', logger: ofCron(log) })

  return {
    start(size = 'full') {
      if (running !== null) {
        throw new CandlewatchError(
          'ERR_RETRAIN_RUNNING',
          'A training is running already. Ask again when it has ended, or end it with DELETE /api/training.',
        )
      }
      begin('hand', size)
    },
    cancel,
    training: () => training,
    async close() {
      await task?.destroy()
      await cancel()
    },
  }

  async function cancel(): Promise<void> {
    running?.stop.abort()
    await running?.ended
  }

  function onTime(): void {
    if (running !== null) log.warn('the training of last time is still running; this one is left out')
    else begin('schedule', 'full')
  }

  function begin(startedBy: 'hand' | 'schedule', size: TrainingSize): void {
    const champion = models.champion()
    const { name, interval } = champion.manifest
    const { market } = streamOf(champion)
    const stop = new AbortController()
    show(begun({ startedBy, size, model: name, market, interval }, clock.now()))
    const done = retrain(champion, size, stop.signal)
      .then(
        says => ({ state: 'done', says }) as const,
        (err: unknown) => endOf(err, stop.signal, name),
      )
      .then(outcome => {
        // First, so that whoever hears of it can start the next one.
        running = null
        show(ended(training, outcome, clock.now()))
      })
    running = { stop, ended: done }
  }

  function endOf(err: unknown, stop: AbortSignal, model: string) {
    if (!stop.aborted) {
      log.error({ err }, 'no new model')
      return { state: 'failed', says: whyFailed(err) } as const
    }
    log.info({ model }, 'the training was cancelled')
    const { version } = training
    const left = version === null ? 'nothing was written' : `${version} stays a candidate`
    return { state: 'cancelled', says: `It was cancelled: ${left}.` } as const
  }

  function show(next: Training): void {
    training = next
    changed?.(next)
  }

  /** Resolves to what came of it, in one sentence. */
  async function retrain(champion: OpenModel, size: TrainingSize, stop: AbortSignal): Promise<string> {
    const { name } = champion.manifest
    log.info({ model: name, size }, 'training a new version')
    const progress = (line: TrainerLine) => show(advanced(training, line, clock.now()))
    const { version } = await train(champion, { size, progress }, stop)
    show(trying(training, version))
    await models.scan()
    const challenger = await models.find(name, version)
    if (isSame(challenger, models.champion())) {
      log.info({ model: name, version }, 'the training made the champion again')
      return `It made the champion again, ${version}: the rows are the same.`
    }
    const result = await trial(challenger, models.champion())
    stop.throwIfAborted()
    if (!result) {
      log.warn({ model: name, version }, 'no trial: there are no stored bars that it was not trained on')
      return `It made ${version}, which was not tried: there are no stored bars that it was not trained on.`
    }
    const { more, fewer, alarms, passed, because } = result
    log.info({ model: name, version, more, fewer, alarms, passed }, `${more} more, ${fewer} fewer. ${because}`)
    // Someone may have promoted another one meanwhile: the trial says nothing of that one.
    if (models.champion().manifest.version !== result.champion) {
      return `It made ${version}, a candidate: it was tried beside ${result.champion}, which is champion no more.`
    }
    if (passed) await models.promote(name, version, because)
    return `It made ${version}. ${because}`
  }
}

const isSame = ({ manifest: a }: OpenModel, { manifest: b }: OpenModel) => a.version === b.version

/** What the scheduler says, such as that it woke too late, in our log's form. */
function ofCron(log: Log): Logger {
  return {
    info: text => log.info(text),
    warn: text => log.warn(text),
    error: (found, err) => log.error({ err: err ?? found }, 'the schedule of the training'),
    debug: found => log.debug({ err: found }, 'the schedule of the training'),
  }
}

import type { Trial } from '@candlewatch/adapters/stores/model-records'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Logger, schedule } from 'node-cron'
import type { Log } from './log.ts'
import type { Models } from './models.ts'
import type { OpenModel } from './shelf.ts'

export interface Retrain {
  /** Starts one by hand. Throws ERR_RETRAIN_RUNNING. */
  start(): void
  /** Ends the one under way, and the schedule. */
  close(): Promise<void>
}

export interface RetrainParts {
  /** Five cron fields, UTC; undefined: by hand alone. */
  readonly cron?: string | undefined
  readonly models: Models
  /** Makes a new version for the same market as the champion, and resolves to it. */
  train(champion: OpenModel, stop: AbortSignal): Promise<{ readonly version: string }>
  trial(challenger: OpenModel, champion: OpenModel): Promise<Trial | null>
  readonly log: Log
}

/** Train, look, try, and promote when the rule says so: never two at once. A failure is logged and changes nothing. */
export function makeRetrain({ cron, models, train, trial, log }: RetrainParts): Retrain {
  const stopping = new AbortController()
  let running: Promise<void> | null = null
  const task =
    cron === undefined ? null : schedule(cron, onTime, { timezone: 'UTC', name: 'retrain', logger: ofCron(log) })

  return {
    start() {
      if (running !== null) {
        throw new CandlewatchError('ERR_RETRAIN_RUNNING', 'A training is running already. Ask again when it has ended.')
      }
      begin()
    },
    async close() {
      await task?.destroy()
      stopping.abort()
      await running
    },
  }

  function onTime(): void {
    if (running !== null) log.warn('the training of last time is still running; this one is left out')
    else begin()
  }

  function begin(): void {
    running = retrain()
      .catch((err: unknown) => {
        if (!stopping.signal.aborted) log.error({ err }, 'no new model')
      })
      .finally(() => {
        running = null
      })
  }

  async function retrain(): Promise<void> {
    const champion = models.champion()
    const { name } = champion.manifest
    log.info({ model: name }, 'training a new version')
    const { version } = await train(champion, stopping.signal)
    await models.scan()
    const challenger = await models.find(name, version)
    if (isSame(challenger, models.champion())) {
      log.info({ model: name, version }, 'the training made the champion again')
      return
    }
    const result = await trial(challenger, models.champion())
    if (!result) {
      log.warn({ model: name, version }, 'no trial: there are no stored bars that it was not trained on')
      return
    }
    const { more, fewer, alarms, passed, because } = result
    log.info({ model: name, version, more, fewer, alarms, passed }, `${more} more, ${fewer} fewer. ${because}`)
    // Someone may have promoted another one meanwhile: the trial says nothing of that one.
    if (passed && !stopping.signal.aborted && models.champion().manifest.version === result.champion) {
      await models.promote(name, version, because)
    }
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

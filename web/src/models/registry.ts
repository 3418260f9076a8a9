import type { Model, ModelDetail, PromotionLog } from '@candlewatch/api/models'
import type { TrainingOutlook, TrainingSize } from '@candlewatch/api/training'
import { computed, signal } from '@preact/signals'
import { ask, messageOf, soon } from '../api/ask.ts'
import { onEvent } from '../api/stream.ts'
import { part } from '../state/store.ts'
import { makePace } from '../sync/pace.ts'
import { receiveTraining, training } from './training.ts'
import { ordered } from './version.ts'

/** The versions in the order in which they are listed; null until they were read. */
export const versions = signal<readonly Model[] | null>(null)
/** The promotion history of the model in use. */
export const promotionLog = signal<PromotionLog | null>(null)
/** The rows that the next training would learn from. */
export const outlook = signal<TrainingOutlook | null>(null)
/** Why the versions could not be read. */
export const failure = signal<string | null>(null)

/** An action that changes models. */
export type Action = 'trial' | 'promote' | 'rollback' | 'start' | 'cancel'
/** The action under way. */
export const busy = signal<Action | null>(null)
/** The action that the server refused last, and why. */
export const refusal = signal<{ readonly action: Action; readonly reason: string } | null>(null)

const wanted = signal<string | null>(null)
const details = signal<ReadonlyMap<string, ModelDetail>>(new Map())

/** The champion of the model in use; models of other names have champions of their own. */
export const champion = computed(() => {
  const name = outlook.value?.model
  return versions.value?.find(one => one.name === name && one.state === 'champion') ?? null
})
/** The version that is shown: the champion at first. */
export const chosen = computed(() => {
  const all = versions.value ?? []
  return all.find(({ id }) => id === wanted.value) ?? champion.value ?? all[0] ?? null
})
/** The figures and trials of the version that is shown; null until they were read. */
export const chosenDetail = computed(() => (chosen.value ? (details.value.get(chosen.value.id) ?? null) : null))

/** Shows a version. */
export function choose(id: string): void {
  wanted.value = id
  refusal.value = null
  if (!details.value.has(id)) void readChosen()
}

const connection = part(state => state.connection)
const newest = part(({ series }) => series.candles.at(-1)?.at)

/** Reads the models, and again when a model changes, a training ends or the connection returns. Returns how to stop. */
export function watchRegistry(): () => void {
  const restMs = 150
  let timer: ReturnType<typeof setTimeout> | undefined
  // A training reports several changes at once: they are read together.
  const readSoon = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void readAll(), restMs)
  }
  let wasRunning = false
  void readAll()
  const stops = [
    onEvent('model', readSoon),
    training.subscribe(now => {
      const hasEnded = wasRunning && now?.state !== 'running'
      wasRunning = now?.state === 'running'
      if (!now || !hasEnded) return
      if (now.version !== null) wanted.value = `${now.model}@${now.version}`
      readSoon()
    }),
    connection.subscribe(now => {
      if (now === 'live') readSoon()
    }),
    newest.subscribe(() => {
      if (versions.peek() !== null) readOutlook()
    }),
  ]
  return () => {
    clearTimeout(timer)
    for (const stop of stops) stop()
  }
}

/** Reads the models, the training and the promotion history. */
export async function readAll(): Promise<void> {
  try {
    const [{ models }, { next, ...now }] = await Promise.all([
      ask('GET /api/models', {}, soon()),
      ask('GET /api/training', {}, soon()),
    ])
    receiveTraining(now)
    promotionLog.value = await ask('GET /api/models/:name/promotions', { params: { name: next.model } }, soon())
    outlook.value = next
    versions.value = ordered(models)
    failure.value = null
    await readChosen()
  } catch (error) {
    failure.value = messageOf(error)
  }
}

/** The rows to learn from grow with every bar. A failure here is reported when a training is started. */
const readOutlook = makePace(() => {
  ask('GET /api/training', {}, soon()).then(
    ({ next }) => {
      outlook.value = next
    },
    () => undefined,
  )
}, 5_000)

async function readChosen(): Promise<void> {
  const id = chosen.value?.id
  if (id === undefined) return
  try {
    const detail = await ask('GET /api/models/:id', { params: { id } }, soon())
    details.value = new Map([...details.value, [id, detail]])
  } catch (error) {
    failure.value = messageOf(error)
  }
}

/** Compares the version that is shown with the champion. */
export const tryChosen = () => run('trial', id => ask('POST /api/models/:id/trial', { params: { id }, body: {} }))

/** Makes the version that is shown the champion. */
export const promoteChosen = (reason: string) =>
  run('promote', id => ask('POST /api/models/:id/promote', { params: { id }, body: bodyOf(reason) }))

/** Returns to the champion before the present one. */
export const rollBack = (reason: string) =>
  run('rollback', () =>
    ask('POST /api/models/:name/rollback', { params: { name: champion.value?.name ?? '' }, body: bodyOf(reason) }),
  )

/** Starts a training. */
export const startTraining = (size: TrainingSize) =>
  run('start', async () => receiveTraining(await ask('POST /api/models/retrain', { body: { size } })))

/** Cancels the training under way; the server answers when it has ended. */
export const cancelTraining = () => run('cancel', async () => receiveTraining(await ask('DELETE /api/training')))

const bodyOf = (reason: string) => (reason === '' ? {} : { because: reason })

/** Runs one action at a time. A refusal is kept, to be shown next to the action. Resolves to whether it was done. */
async function run(action: Action, work: (id: string) => Promise<unknown>): Promise<boolean> {
  busy.value = action
  refusal.value = null
  try {
    await work(chosen.value?.id ?? '')
    await readAll()
    return true
  } catch (error) {
    refusal.value = { action, reason: messageOf(error) }
    return false
  } finally {
    busy.value = null
  }
}

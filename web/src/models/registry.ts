import { computed, signal } from '@preact/signals'
import { messageOf } from '../api/ask.ts'
import * as api from '../api/models.ts'
import { onEvent } from '../api/stream.ts'
import { part } from '../state/store.ts'
import { makePace } from '../sync/pace.ts'
import { tellTraining, training } from './training.ts'
import { ordered } from './version.ts'

/** In the order in which they are listed; null until they were read. */
export const versions = signal<readonly api.Version[] | null>(null)
export const champions = signal<api.Promotions | null>(null)
export const outlook = signal<api.Outlook | null>(null)
/** Why the versions could not be read. */
export const failure = signal<string | null>(null)
export type Act = 'trial' | 'promote' | 'rollback' | 'start' | 'cancel'
/** What is being done. */
export const busy = signal<Act | null>(null)
/** Why the last thing that was asked for was not done. */
export const refusal = signal<{ readonly act: Act; readonly because: string } | null>(null)

const asked = signal<string | null>(null)

/** Every version by its id, as far as it was looked at. */
const details = signal<ReadonlyMap<string, api.VersionDetail>>(new Map())

/** The one that serves: other names have a champion of their own. */
export const champion = computed(() => {
  const serves = outlook.value?.model
  return versions.value?.find(({ name, state }) => name === serves && state === 'champion') ?? null
})
/** The one that is looked at: the champion at first. */
export const chosen = computed(() => {
  const all = versions.value ?? []
  return all.find(({ id }) => id === asked.value) ?? all[0] ?? null
})
export const chosenDetail = computed(() => (chosen.value ? (details.value.get(chosen.value.id) ?? null) : null))

export function choose(id: string): void {
  asked.value = id
  refusal.value = null
  if (!details.value.has(id)) void readChosen()
}

const connection = part(state => state.connection)
const newest = part(({ series }) => series.candles.at(-1)?.at)

/** Reads all, and again whenever a model changed, a training ended or the connection is back. Lasts until it is stopped. */
export function watchRegistry(): () => void {
  void readAll()
  const stops = [
    onEvent('model', soon),
    training.subscribe(now => {
      const hasEnded = wasRunning && now?.state !== 'running'
      wasRunning = now?.state === 'running'
      if (!now || !hasEnded) return
      if (now.version !== null) asked.value = `${now.model}@${now.version}`
      soon()
    }),
    connection.subscribe(now => {
      if (now === 'live') soon()
    }),
    newest.subscribe(() => {
      if (versions.peek() !== null) readOutlook()
    }),
  ]
  return () => {
    clearTimeout(timer)
    timer = undefined
    for (const stop of stops) stop()
  }
}

/** A training's end is news only to who saw it run. */
let wasRunning = false

let timer: ReturnType<typeof setTimeout> | undefined
const restMs = 150

/** A promotion is told of twice, and a training's end besides: they are read once. */
function soon(): void {
  clearTimeout(timer)
  timer = setTimeout(() => void readAll(), restMs)
}

export async function readAll(): Promise<void> {
  try {
    const [all, { next, ...now }] = await Promise.all([api.fetchVersions(), api.fetchTraining()])
    tellTraining(now)
    champions.value = await api.fetchPromotions(next.model)
    outlook.value = next
    versions.value = ordered(all)
    failure.value = null
    await readChosen()
  } catch (error) {
    failure.value = messageOf(error)
  }
}

/** What a training would learn from grows with every bar. What fails here is told when it is started. */
const readOutlook = makePace(() => {
  api.fetchTraining().then(
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
    details.value = new Map([...details.value, [id, await api.fetchVersion(id)]])
  } catch (error) {
    failure.value = messageOf(error)
  }
}

export const tryChosen = () => act('trial', id => api.tryVersion(id))
export const promoteChosen = (because: string) => act('promote', id => api.promote(id, because))
export const rollBack = (because: string) => act('rollback', () => api.rollBack(champion.value!.name, because))
export const startTraining = (size: api.TrainingSize) =>
  act('start', async () => tellTraining(await api.startTraining(size)))
export const cancelTraining = () => act('cancel', async () => tellTraining(await api.cancelTraining()))

/** One at a time; what the server refuses is kept to be shown beside what was asked for. Resolves to whether it was done. */
async function act(what: Act, work: (id: string) => Promise<unknown>): Promise<boolean> {
  busy.value = what
  refusal.value = null
  try {
    await work(chosen.value?.id ?? '')
    await readAll()
    return true
  } catch (error) {
    refusal.value = { act: what, because: messageOf(error) }
    return false
  } finally {
    busy.value = null
  }
}

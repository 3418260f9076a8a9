import type { Replay } from '@candlewatch/api/replays'
import type { AskedOf } from '@candlewatch/api/routes'
import { isoDate } from '@candlewatch/core/interval'
import { closeOf } from '@candlewatch/core/time'
import { signal } from '@preact/signals'
import { ask, messageOf, soon } from '../api/ask.ts'
import { dispatch, state } from '../state/store.ts'

type Change = AskedOf<'PATCH /api/replays/:id'>['body']

/** The position of the slider from when it is moved until the server has answered. */
export const dragged = signal<number | null>(null)
let seeks = 0
let pendingSeeks = 0
let pendingSteps = 0
let queue: Promise<void> = Promise.resolve()

/** Changes the replay; the stream reports the change too. Returns false when there is no replay to change. */
export function steer(change: Change): boolean {
  return enqueue(() => change)
}

/** Plays or pauses; a replay that has finished starts again. */
export function togglePlay(): boolean {
  return enqueue(replay => {
    if (replay.state === 'finished') return { state: 'playing', seek: replay.from }
    return { state: isUnderWay(replay) ? 'paused' : 'playing' }
  })
}

/** Returns whether a replay plays, or is on its way to a date. */
export function isUnderWay({ state: now, seek }: Replay): boolean {
  return now === 'playing' || seek !== null
}

/** Moves by rows, back if negative. Presses that come while a request is under way are sent together. */
export function step(rows: number): boolean {
  if (rows > 0 && !hasMore()) return false
  pendingSteps += rows
  return enqueue(() => {
    const change = pendingSteps === 0 ? null : { step: pendingSteps }
    pendingSteps = 0
    return change
  })
}

/** Plays without waiting up to the next anomaly or feed fault. */
export function toNextAnomaly(): boolean {
  return hasMore() ? steer({ until: 'anomaly' }) : false
}

/** Ends the view of past bars. */
export function toNewest(): boolean {
  return state.value.replay?.at ? steer({ at: null }) : false
}

/** Sets the next faster (1) or slower (−1) speed. */
export function changeSpeed(direction: 1 | -1): boolean {
  return enqueue(({ everyMs }) => ({ everyMs: adjacentSpeed(everyMs, direction) }))
}

/** Makes the bar that opens at `at` the newest one shown; a bar outside of the replay stands for its nearest one. */
export async function goTo(at: number): Promise<void> {
  const { replay, intervalMs } = state.value
  if (!replay || replay.state === 'stopped') return
  const mine = ++seeks
  pendingSeeks += 1
  const open = Math.min(Math.max(at, Date.parse(replay.from)), Date.parse(replay.to))
  dragged.value = open
  steer({ seek: isoDate(closeOf(open, intervalMs)) })
  await queue
  pendingSeeks -= 1
  if (mine === seeks) dragged.value = null
}

/** Ends a drag that returned to where it began, which asks for nothing. */
export function letGo(): void {
  if (pendingSeeks === 0) dragged.value = null
}

const hasMore = () => state.value.replay?.state !== 'finished'

/** Sends changes one after the other, each made from the result of the one before: two quick presses are two steps. */
function enqueue(changeOf: (replay: Replay) => Change | null): boolean {
  const now = state.value.replay?.state
  if (!now || now === 'stopped') return false
  queue = queue.then(() => send(changeOf))
  return true
}

async function send(changeOf: (replay: Replay) => Change | null): Promise<void> {
  const { replay } = state.value
  const change = replay && changeOf(replay)
  if (!change) return
  try {
    const changed = await ask('PATCH /api/replays/:id', { params: { id: replay.id }, body: change }, soon())
    dispatch({ kind: 'replay', replay: changed })
    dispatch({ kind: 'notice', notice: null })
  } catch (error) {
    dispatch({ kind: 'notice', notice: messageOf(error) })
  }
}

/** The speeds: milliseconds between two rows, and rows per second. */
export const speeds = [
  [1_000, '1'],
  [500, '2'],
  [200, '5'],
  [100, '10'],
  [20, '50'],
  [0, 'max'],
] as const

/** The next faster (1) or slower (−1) speed, also from a speed that is not in the list; the same speed at the end. */
export function adjacentSpeed(everyMs: number, direction: 1 | -1): number {
  const times = speeds.map(([ms]) => ms)
  const beyond = direction === 1 ? times.find(ms => ms < everyMs) : times.findLast(ms => ms > everyMs)
  return beyond ?? everyMs
}

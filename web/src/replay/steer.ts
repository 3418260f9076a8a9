import { isoDate } from '@candlewatch/core/interval'
import type { Replay } from '@candlewatch/core/types'
import { signal } from '@preact/signals'
import { messageOf } from '../api/ask.ts'
import { patchReplay } from '../api/replays.ts'
import { dispatch, state } from '../state/store.ts'

type Change = Parameters<typeof patchReplay>[1]

/** Where the thumb is from when it is moved until the server has heard of it. */
export const dragged = signal<number | null>(null)
let seeks = 0
let underWay = 0
let owed = 0
let turn: Promise<void> = Promise.resolve()

/** Asks the simulator for something; the answer also comes back over the stream. False when nobody is there to obey. */
export function steer(change: Change): boolean {
  return inTurn(() => change)
}

/** One that has finished begins again. */
export function togglePlay(): boolean {
  return inTurn(replay => {
    if (replay.state === 'finished') return { state: 'playing', seek: replay.from }
    return { state: isUnderWay(replay) ? 'paused' : 'playing' }
  })
}

/** It plays, or is on its way to a date. */
export function isUnderWay({ state: now, seek }: Replay): boolean {
  return now === 'playing' || seek !== null
}

/** So many rows on, or back. Presses that come while one is on its way go together. */
export function step(rows: number): boolean {
  if (rows > 0 && !hasMore()) return false
  owed += rows
  return inTurn(() => {
    const change = owed === 0 ? null : { step: owed }
    owed = 0
    return change
  })
}

export function toNextAnomaly(): boolean {
  return hasMore() ? steer({ until: 'anomaly' }) : false
}

export function toNewest(): boolean {
  return state.value.replay?.at ? steer({ at: null }) : false
}

/** The next faster (1) or slower (−1) speed. */
export function changeSpeed(direction: 1 | -1): boolean {
  return inTurn(({ everyMs }) => ({ everyMs: adjacentSpeed(everyMs, direction) }))
}

/** To where the bar that opens at `at` is the newest in view; the nearest that the replay has. */
export async function goTo(at: number): Promise<void> {
  const { replay, intervalMs } = state.value
  if (!replay || replay.state === 'stopped') return
  const mine = ++seeks
  underWay += 1
  const open = Math.min(Math.max(at, Date.parse(replay.from)), Date.parse(replay.to))
  dragged.value = open
  steer({ seek: isoDate(open + intervalMs) })
  await turn
  underWay -= 1
  if (mine === seeks) dragged.value = null
}

/** The thumb was put back where it had been: nothing is asked for. */
export function letGo(): void {
  if (underWay === 0) dragged.value = null
}

const hasMore = () => state.value.replay?.state !== 'finished'

/** One after the other, each from where the one before it led: two quick presses are two. */
function inTurn(changeOf: (replay: Replay) => Change | null): boolean {
  const now = state.value.replay?.state
  if (!now || now === 'stopped') return false
  turn = turn.then(() => ask(changeOf))
  return true
}

async function ask(changeOf: (replay: Replay) => Change | null): Promise<void> {
  const { replay } = state.value
  const change = replay && changeOf(replay)
  if (!change) return
  try {
    dispatch({ kind: 'replay', replay: await patchReplay(replay.id, change) })
    dispatch({ kind: 'notice', notice: null })
  } catch (error) {
    dispatch({ kind: 'notice', notice: messageOf(error) })
  }
}

/** Time between two rows, and how many a second that is. */
export const speeds = [
  [1_000, '1'],
  [500, '2'],
  [200, '5'],
  [100, '10'],
  [20, '50'],
  [0, 'max'],
] as const

/** The next faster (1) or slower (−1) of them, wherever the replay is now; the same time where there is none. */
export function adjacentSpeed(everyMs: number, direction: 1 | -1): number {
  const times = speeds.map(([ms]) => ms)
  const beyond = direction === 1 ? times.find(ms => ms < everyMs) : times.findLast(ms => ms > everyMs)
  return beyond ?? everyMs
}

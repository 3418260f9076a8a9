import { isoDate } from '@candlewatch/core/interval'
import { effect, signal } from '@preact/signals'
import { ask, messageOf } from '../api/ask.ts'
import { sideTab } from '../state/navigation.ts'
import { pastPosition } from '../state/replay-view.ts'
import { dispatch, part, state } from '../state/store.ts'

const restMs = 200

/** The budgets of the slider: fine steps below one alarm per week, coarse ones above. */
export const budgets = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4, 5, 7, 10, 14, 21] as const

/** The position of the slider nearest to a budget, which may lie between two. */
export function nearestStop(alarmsPerWeek: number): number {
  const distances = budgets.map(budget => Math.abs(Math.log(budget / alarmsPerWeek)))
  return distances.indexOf(Math.min(...distances))
}

/** The budget on the slider, alarms per week; null while it is the current budget. */
export const tried = signal<number | null>(null)
/** True while the server is being asked about the tried budget. */
export const isRehearsing = signal(false)
/** True while the tried budget is being applied. */
export const isApplying = signal(false)
/** Why the tried budget could not be evaluated. */
export const failure = signal<string | null>(null)

/** Tries the budget at a position of the slider; the position of the current budget ends the trial. */
export function tryStop(stop: number): void {
  const current = state.value.market?.alarmsPerWeek ?? 1
  tried.value = stop === nearestStop(current) ? null : (budgets[stop] ?? null)
}

/** Changes the budget of this market if it has one of its own, and the one for all markets otherwise. */
async function changeBudget(alarmsPerWeek: number): Promise<number> {
  const [market = '', interval = ''] = stream.value?.split(' ') ?? []
  const settings = await ask('GET /api/settings', { query: { market, interval } })
  if (settings.alarmsPerWeek === null) return (await ask('PUT /api/budget', { body: { alarmsPerWeek } })).alarmsPerWeek
  return (await ask('PATCH /api/settings', { body: { market, interval, alarmsPerWeek } })).inForce.alarmsPerWeek
}

/** Makes the tried budget the current one. */
export async function applyTried(): Promise<void> {
  if (tried.value === null) return
  isApplying.value = true
  try {
    dispatch({ kind: 'budget', alarmsPerWeek: await changeBudget(tried.value) })
    dispatch({ kind: 'notice', notice: null })
    tried.value = null
  } catch (error) {
    dispatch({ kind: 'notice', notice: messageOf(error) })
  }
  isApplying.value = false
}

const stream = part(({ market }) => (market ? `${market.market} ${market.interval}` : null))
/** While past bars are replayed again, a budget is tried on the bars up to the replay position. */
const end = part(state => {
  const at = pastPosition(state)
  return at === null ? null : isoDate(at + state.intervalMs)
})

/** Asks what the tried budget would have made of the past, once the slider rests. Lasts as long as the page. */
export function runRehearsal(): void {
  effect(() => {
    const alarmsPerWeek = tried.value
    const isOpen = sideTab.value === 'rehearsal'
    if (!stream.value || alarmsPerWeek === null || !isOpen) {
      dispatch({ kind: 'rehearsal', rehearsal: null })
      isRehearsing.value = false
      return
    }
    const [market = '', interval = ''] = stream.value.split(' ')
    const query = { market, interval, alarmsPerWeek, ...(end.value !== null && { to: end.value }) }
    const stop = new AbortController()
    isRehearsing.value = true
    failure.value = null
    const timer = setTimeout(() => {
      ask('GET /api/rehearsal', { query }, stop).then(
        rehearsal => {
          dispatch({ kind: 'rehearsal', rehearsal })
          isRehearsing.value = false
        },
        (error: unknown) => {
          if (stop.signal.aborted) return
          failure.value = messageOf(error)
          isRehearsing.value = false
        },
      )
    }, restMs)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  })
}

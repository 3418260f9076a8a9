import { isoDate } from '@candlewatch/core/interval'
import { effect, signal } from '@preact/signals'
import { messageOf } from '../api/ask.ts'
import { fetchRehearsal, putBudget } from '../api/budget.ts'
import { sideTab } from '../state/navigation.ts'
import { pastPosition } from '../state/replay-view.ts'
import { dispatch, part, state } from '../state/store.ts'
import { budgets, nearestStop } from './rehearsal.ts'

const restMs = 200

/** The budget on the slider, alarms a week; null while it stands where the budget in force does. */
export const tried = signal<number | null>(null)
export const isRehearsing = signal(false)
export const isApplying = signal(false)
export const failure = signal<string | null>(null)

/** A stop of the slider; the one that is nearest to the budget in force puts it back. */
export function tryStop(stop: number): void {
  const inForce = state.value.market?.alarmsPerWeek ?? 1
  tried.value = stop === nearestStop(inForce) ? null : budgets[stop]!
}

export async function applyTried(): Promise<void> {
  if (tried.value === null) return
  isApplying.value = true
  try {
    const { alarmsPerWeek } = await putBudget(tried.value)
    dispatch({ kind: 'budget', alarmsPerWeek })
    dispatch({ kind: 'notice', notice: null })
    tried.value = null
  } catch (error) {
    dispatch({ kind: 'notice', notice: messageOf(error) })
  }
  isApplying.value = false
}

const stream = part(({ market }) => (market ? `${market.market} ${market.interval}` : null))
/** While the past is watched again, a budget is tried on no more than that. */
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
    const to = end.value === null ? {} : { to: end.value }
    const stop = new AbortController()
    isRehearsing.value = true
    failure.value = null
    const timer = setTimeout(() => {
      fetchRehearsal({ market, interval, ...to }, alarmsPerWeek, stop.signal).then(
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

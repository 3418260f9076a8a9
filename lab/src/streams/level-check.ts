import type { Verdict } from '@candlewatch/core/types'

/** Prices at which a bar becomes an alarm. */
type Levels = Pick<Verdict, 'alarmAbove' | 'alarmBelow'>

/**
 * Counts the bars for which alarm and level disagree. A bar that is no feed fault must be an alarm of the market lane if
 * and only if it reached one of the two prices that the verdict before it named, or its own verdict where that one forecast
 * another bar; and a verdict must name the prices that were named before.
 */
export class LevelCheck {
  /** Bars that are no feed faults. */
  checked = 0
  broken = 0
  #next: Verdict['next'] = null

  add(verdict: Verdict): void {
    const named = this.#next?.date === verdict.date ? this.#next : null
    this.#next = verdict.next
    if (verdict.status === 'feed-fault') return
    this.checked++
    const isBroken = isReached(named ?? verdict, verdict) !== verdict.isAnomaly || (named && !areEqual(named, verdict))
    if (isBroken) this.broken++
  }
}

function isReached({ alarmAbove, alarmBelow }: Levels, { bar }: Verdict): boolean {
  return (alarmAbove != null && bar.high >= alarmAbove) || (alarmBelow != null && bar.low <= alarmBelow)
}

function areEqual(a: Levels, b: Levels): boolean {
  return (a.alarmAbove ?? null) === (b.alarmAbove ?? null) && (a.alarmBelow ?? null) === (b.alarmBelow ?? null)
}

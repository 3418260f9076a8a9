import { hourMs, weekMs } from '../time.ts'
import type { Ms, Verdict } from '../types.ts'

const longestMs = (6 * hourMs) as Ms
// A tenth of the mean distance between the alarms of a budget: longer, and a large budget would merge its own alarms.
const sharesOfDistance = 10

/**
 * How long after an alarm another one belongs to the same episode: six hours, or a tenth of the mean distance between the
 * alarms that the budget allows where that is less. A bar that is longer is an episode of its own.
 */
export function mergeWindow(alarmsPerWeek: number): Ms {
  return Math.min(longestMs, Math.floor(weekMs / (sharesOfDistance * alarmsPerWeek))) as Ms
}

/** The window that applied to a verdict. Verdicts of earlier versions do not name it: theirs was six hours. */
export function mergeWindowOf({ mergeMs = longestMs }: { readonly mergeMs?: Verdict['mergeMs'] }): Ms {
  return mergeMs as Ms
}

import type { ToldReason } from '@candlewatch/api/told'
import type { Ms } from './types.ts'

/** A named set of markets that are expected to move together. */
export interface Group {
  readonly name: string
  /** Each is a market or a pattern: `binance:*`, `*:BTC-USD`, and with an interval `binance:*@1h`. */
  readonly members: readonly string[]
}

/** An episode that belongs to an incident. */
export interface IncidentMember {
  /** The id of the episode: that of its first alarm. */
  readonly id: string
  readonly market: string
  readonly interval: string
  readonly start: string
}

/** What counts as one against the budget of a person: an episode, or those of many markets at once. */
export interface Incident {
  /** Counts up in the order in which incidents began. */
  readonly n: number
  /** Close of the bar with which it began. */
  readonly at: Ms
  /** How many bars a week are as rare as its rarest, in a stream of its own. */
  readonly perWeek: number
  /** The name of the group that moved as a whole; null for a move of one market. */
  readonly group: string | null
  /** The groups that its markets belong to. */
  readonly groups: readonly string[]
  readonly members: readonly IncidentMember[]
  /** Close of the bar at which it was told; null if it was not. */
  readonly toldAt: Ms | null
  readonly because: ToldReason
  /** `n` of the incident that this one became a part of, as many markets moved; null while it stands alone. */
  readonly partOf: number | null
}

import type { Fault, FeedFault, Verdict } from '../types.ts'
import { agreementOf, sizeOf } from '../verdict.ts'

/** A verdict whose status is `feed-fault`, as a row of a log. */
export function loggedFault(verdict: Verdict): Fault {
  const { id, market, interval, date, fault, pValue, reason } = verdict
  const { kind } = fault as FeedFault
  return { id, market, interval, date, type: kind, pValue, size: sizeOf(verdict), ...agreementOf(verdict), reason }
}

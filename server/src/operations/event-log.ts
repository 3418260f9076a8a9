import { sentence } from '@candlewatch/api/values/sentences'
import type { EventBus } from '../platform/events.ts'
import type { Log } from '../platform/log.ts'

/** Writes a line for each alarm, and for each feed that became stale or came back. */
export function logEvents(log: Log, events: Pick<EventBus, 'on'>): void {
  events.on('judged', ({ committed }) => {
    for (const { verdict } of committed) {
      if (!verdict.isAnomaly) continue
      const { market, interval, date, severity, pValue, alarmsPerWeek, reason } = verdict
      log.info({ market, interval, date, severity, pValue, alarmsPerWeek }, sentence(reason, market))
    }
  })
  events.on('feed', ({ market, interval, state, evidence }) => {
    log[state === 'stale' ? 'warn' : 'info']({ market, interval }, evidence)
  })
}

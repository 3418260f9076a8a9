import type { ToldRecord } from '@candlewatch/adapters/stores/told'
import type { EventBus } from '../platform/events.ts'
import type { Log } from '../platform/log.ts'
import { defaultProfile, type Profiles } from './profiles.ts'
import { shownIncident } from './told-routes.ts'

/** The parts that publishing works with. */
interface PublishParts {
  readonly profiles: Pick<Profiles, 'all'>
  readonly events: Pick<EventBus, 'publish'>
  readonly log: Log
}

/** Makes the function that publishes incidents that were decided, here or on another server. Parts of others are left out. */
export function publishTold({ profiles, events, log }: PublishParts): (records: readonly ToldRecord[]) => void {
  return records => {
    profiles.all().then(
      all => {
        const keyIds = new Set(all.map(({ id }) => id).filter(id => id !== defaultProfile.id))
        for (const record of records) {
          if (record.incident.partOf === null) events.publish('told', { incident: shownIncident(record), keyIds })
        }
      },
      err => log.debug({ err }, 'incidents could not be shown: the profiles could not be read'),
    )
  }
}

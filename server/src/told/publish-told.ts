import type { ToldRecord, ToldStore } from '@candlewatch/adapters/stores/told'
import type { Ms } from '@candlewatch/core/types'
import type { EventBus } from '../platform/events.ts'
import type { Log } from '../platform/log.ts'
import { defaultProfile, type Profiles } from './profiles.ts'
import { shownIncident } from './told-routes.ts'

/** Publishes incidents that were decided. Those that became part of another are left out. */
export interface PublishTold {
  show(records: readonly ToldRecord[]): void
  /** Publishes an incident that another server has stored. `at` is the close of the bar with which it began. */
  showStored(incident: { readonly profile: string; readonly n: number; readonly at: Ms }): Promise<void>
}

/** The parts that publishing works with. */
interface PublishParts {
  readonly store: Pick<ToldStore, 'told'>
  readonly profiles: Pick<Profiles, 'all'>
  readonly events: Pick<EventBus, 'publish'>
  readonly log: Log
}

// Those that began with the same bar.
const maxIncidents = 1_000

/** Makes the publisher of what was decided, here or on another server. */
export function publishTold({ store, profiles, events, log }: PublishParts): PublishTold {
  async function publish(records: readonly ToldRecord[]): Promise<void> {
    const keyIds = new Set((await profiles.all()).map(({ id }) => id).filter(id => id !== defaultProfile.id))
    for (const record of records) {
      if (record.incident.partOf === null) events.publish('told', { incident: shownIncident(record), keyIds })
    }
  }

  return {
    show: records => void publish(records).catch(err => log.debug({ err }, 'incidents could not be shown')),
    async showStored({ profile, n, at }) {
      const range = { profile, fromMs: at, toMs: (at + 1) as Ms, toldOnly: false, limit: maxIncidents }
      const found = (await store.told(range)).filter(one => one.n === n)
      await publish(found.map(incident => ({ profile, incident })))
    },
  }
}

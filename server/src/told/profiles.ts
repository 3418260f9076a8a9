import type { ProfileRecord, ProfileStore } from '@candlewatch/adapters/stores/told'
import { defaultProfileId } from '@candlewatch/api/values/limits'
import type { Clock } from '@candlewatch/core/clock'
import { fits } from '@candlewatch/core/decide/groups'
import type { Group } from '@candlewatch/core/incident'
import type { Stream } from '@candlewatch/core/time'
import { type Change, changed } from '../platform/change.ts'
import { makeQueue } from '../platform/queue.ts'

/** The profile of everybody who has not changed theirs, and of the only person where no keys are used. */
export const defaultProfile: ProfileRecord = {
  id: defaultProfileId,
  markets: ['*'],
  groups: [],
  // One a day is read; more are soon ignored.
  episodesPerWeek: 7,
  leastSizePercent: 0,
}

/** What persons watch and how much of it they want to be told. */
export interface Profiles {
  /** The profile of a key that may have none of its own; null: no key. */
  of(keyId: string | null): Promise<ProfileRecord>
  /** Every profile, the default one included. */
  all(): Promise<readonly ProfileRecord[]>
  /** Changes the profile of a key; fields that are left out stay. */
  change(keyId: string | null, change: ProfileChange): Promise<ProfileRecord>
}

/** A change of a profile. */
export type ProfileChange = Change<Omit<ProfileRecord, 'id'>>

/** Makes the access to the profiles. Changes are made one at a time. */
export function makeProfiles(store: ProfileStore, clock: Clock): Profiles {
  const queue = makeQueue(1_000)

  async function all(): Promise<readonly ProfileRecord[]> {
    const stored = await store.profiles()
    return stored.some(({ id }) => id === defaultProfile.id) ? stored : [defaultProfile, ...stored]
  }

  async function of(keyId: string | null): Promise<ProfileRecord> {
    const profiles = await all()
    const find = (id: string | null) => profiles.find(one => one.id === id)
    return find(keyId) ?? find(defaultProfile.id) ?? defaultProfile
  }

  return {
    of,
    all,
    change: (keyId, change) =>
      queue.add('profile', async () => {
        const id = keyId ?? defaultProfile.id
        const profile: ProfileRecord = { ...changed(await of(keyId), change), id }
        await store.saveProfile(profile, clock.now())
        return profile
      }),
  }
}

/** Makes the test of whether a person watches a stream. */
export function watches({ markets, groups }: ProfileRecord, all: readonly Group[]): (stream: Stream) => boolean {
  return fits([...markets, ...all.flatMap(({ name, members }) => (groups.includes(name) ? members : []))])
}

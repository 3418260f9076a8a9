import type { GroupList } from '@candlewatch/api/groups'
import type { StreamSettings } from '@candlewatch/api/settings'
import type { Profile } from '@candlewatch/api/told'
import { effect, signal } from '@preact/signals'
import { ask, messageOf } from '../api/ask.ts'
import { sideTab } from '../state/navigation.ts'
import { dispatch, part } from '../state/store.ts'

/** What is set for the market on the page; null until it was read. */
export const streamSettings = signal<StreamSettings | null>(null)
/** What the reader watches and how much of it they want to be told; null until it was read. */
export const profile = signal<Profile | null>(null)
/** The groups of markets; null until they were read. */
export const groups = signal<GroupList['groups'] | null>(null)
/** The part of the panel that is being saved. */
export const saving = signal<Part | null>(null)
/** The outcome of the last change: which part it was of, and why it failed; null if it was saved. */
export const outcome = signal<{ readonly part: Part; readonly failure: string | null } | null>(null)

/** A part of the panel that is saved by itself. */
export type Part = 'stream' | 'profile' | 'groups'

const stream = part(({ market }) => (market ? `${market.market} ${market.interval}` : null))

/** Reads the settings when the panel is opened, and again for another market. Lasts as long as the page. */
export function runSettings(): void {
  effect(() => {
    if (sideTab.value !== 'settings' || stream.value === null) return
    const [market = '', interval = ''] = stream.value.split(' ')
    streamSettings.value = null
    outcome.value = null
    Promise.all([
      ask('GET /api/settings', { query: { market, interval } }),
      ask('GET /api/profile'),
      ask('GET /api/groups'),
    ]).then(
      ([ofStream, own, all]) => {
        if (stream.peek() !== `${market} ${interval}`) return
        streamSettings.value = ofStream
        profile.value = own
        groups.value = all.groups
      },
      (error: unknown) => dispatch({ kind: 'notice', notice: `Settings could not be loaded: ${messageOf(error)}` }),
    )
  })
}

/** A change of the settings of the market on the page. */
export interface StreamChange
  extends Pick<StreamSettings, 'alarmsPerWeek' | 'leastSizePercent' | 'marketLane' | 'feedLane' | 'note'> {
  /** The calendar as JSON; empty: the hours are learned from the bars. */
  readonly calendarJson: string
}

/** Changes what is set for the market on the page. */
export function saveStream({ calendarJson, ...change }: StreamChange): Promise<void> {
  return save('stream', async () => {
    const now = streamSettings.peek()
    if (!now) return
    const { market, interval } = now
    const calendar = calendarJson === '' ? null : (JSON.parse(calendarJson) as StreamSettings['calendar'])
    streamSettings.value = await ask('PATCH /api/settings', { body: { market, interval, calendar, ...change } })
    dispatch({ kind: 'budget', alarmsPerWeek: streamSettings.value.inForce.alarmsPerWeek })
  })
}

/** Changes the markets that the reader watches, and their budget. */
export function saveProfile(change: Omit<Profile, 'id' | 'streams'>): Promise<void> {
  return save('profile', async () => {
    profile.value = await ask('PATCH /api/profile', { body: change })
  })
}

/** Adds a group of markets, or changes the one of that name. */
export function saveGroup(name: string, members: readonly string[]): Promise<void> {
  return save('groups', async () => {
    groups.value = (await ask('PUT /api/groups', { body: { name, members } })).groups
  })
}

/** Deletes a group of markets. */
export function deleteGroup(name: string): Promise<void> {
  return save('groups', async () => {
    groups.value = (await ask('DELETE /api/groups', { query: { name } })).groups
  })
}

async function save(of: Part, run: () => Promise<void>): Promise<void> {
  saving.value = of
  try {
    await run()
    outcome.value = { part: of, failure: null }
  } catch (error) {
    outcome.value = { part: of, failure: messageOf(error) }
  }
  saving.value = null
}

/** The entries of a list that a reader wrote, one a line or with commas between. */
export function listOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter(entry => entry !== '')
}

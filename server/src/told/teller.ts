import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { GroupStore, ProfileRecord, ToldRecord, ToldStore, ToldTurn } from '@candlewatch/adapters/stores/told'
import { fits } from '@candlewatch/core/decide/groups'
import { type EpisodeNews, Told } from '@candlewatch/core/decide/told'
import { type Stream, streamKey } from '@candlewatch/core/time'
import type { Log } from '../platform/log.ts'
import { makeQueue } from '../platform/queue.ts'
import { type Profiles, watches } from './profiles.ts'

/** Decides which episodes of all streams are reported to each person. */
export interface Teller {
  /** Decides on what was committed of a stream and not decided yet. It never fails: what fails is decided with the next episode. */
  take(stream: Stream): void
  /** Decides on everything that was committed and not decided yet. */
  catchUp(): void
  /** Resolves when what is under way has ended. */
  close(): Promise<void>
}

/** The parts that a teller works with. */
export interface TellerParts {
  readonly store: ToldStore & GroupStore & Pick<BarStore, 'streams'>
  readonly profiles: Pick<Profiles, 'all'>
  /** The least size that is set for a stream, percent. */
  leastSizePercent(stream: Stream): number
  /** Called with incidents that began or changed, after they were stored. */
  decided(records: readonly ToldRecord[]): void
  readonly log: Log
}

type ByProfile = Map<string, Told>

interface Watcher {
  readonly profile: ProfileRecord
  isWatched(stream: Stream): boolean
  /** The groups of a stream, and how many watched markets each has. */
  groupsOf(stream: Stream): EpisodeNews['groups']
}

const pageVerdicts = 500
const maxRecords = 20_000

/**
 * Makes a teller. Servers take turns, and each decision is stored with the position in the committed sequence up to which it
 * was read, so that nothing is decided twice or left out, whichever server is stopped.
 */
export function makeTeller({ store, profiles, leastSizePercent, decided, log }: TellerParts): Teller {
  const queue = makeQueue(Number.POSITIVE_INFINITY)
  const waiting = new Set<string>()
  /** What was decided for each profile, as of a version of the store; null: not known. */
  let known: { readonly version: number; readonly byProfile: ByProfile } | null = null
  let isClosing = false

  function take(stream: Stream): void {
    const key = streamKey(stream)
    // One that waits will find this as well.
    if (isClosing || waiting.has(key)) return
    waiting.add(key)
    queue
      .add('told', async () => {
        waiting.delete(key)
        while (!isClosing && (await takePage(stream)) === pageVerdicts);
      })
      .catch(err => log.warn({ err, stream: key }, 'what to tell of a stream could not be decided yet'))
  }

  /** Returns how many verdicts it read. */
  async function takePage(stream: Stream): Promise<number> {
    const watchers = await readWatchers()
    let read = 0
    let records: readonly ToldRecord[] = []
    const before = known
    let byProfile: ByProfile = before?.byProfile ?? new Map()
    // If the turn fails, what was decided in it is forgotten.
    known = null
    const version = await store.toldTurn(async turn => {
      const news = await turn.news(stream, pageVerdicts)
      const last = news.at(-1)
      if (before?.version !== turn.version) byProfile = await stored(turn)
      if (!last) return null
      read = news.length
      records = decide(byProfile, watchers, stream, news)
      return { stream, seq: last.seq, records }
    })
    known = { version, byProfile }
    if (records.length > 0) decided(records)
    return read
  }

  async function stored(turn: ToldTurn): Promise<ByProfile> {
    const byProfile = new Map<string, ToldRecord['incident'][]>()
    for (const { profile, incident } of await turn.records(maxRecords)) {
      const incidents = byProfile.get(profile) ?? []
      incidents.push(incident)
      byProfile.set(profile, incidents)
    }
    const usual = { episodesPerWeek: 1, leastSizePercent: 0 }
    return new Map([...byProfile].map(([profile, incidents]) => [profile, new Told(usual, incidents)]))
  }

  function decide(
    byProfile: ByProfile,
    watchers: readonly Watcher[],
    stream: Stream,
    news: Awaited<ReturnType<ToldTurn['news']>>,
  ): readonly ToldRecord[] {
    const changed = new Map<string, ToldRecord>()
    for (const { profile, isWatched, groupsOf } of watchers) {
      if (!isWatched(stream)) continue
      const told = byProfile.get(profile.id) ?? new Told(profile)
      told.budget = profile
      byProfile.set(profile.id, told)
      const common = { leastSizePercent: leastSizePercent(stream), groups: groupsOf(stream) }
      for (const { verdict, episodes } of news) {
        // What is judged again, as rows came late or were corrected, is no news.
        if (verdict.again) continue
        for (const event of episodes) {
          for (const incident of told.next({ ...event, ...common, ts: verdict.ts })) {
            changed.set(`${profile.id} ${incident.n}`, { profile: profile.id, incident })
          }
        }
      }
    }
    return [...changed.values()]
  }

  async function readWatchers(): Promise<readonly Watcher[]> {
    const [all, groups, streams] = await Promise.all([profiles.all(), store.groups(), store.streams()])
    return all.map(profile => {
      const isWatched = watches(profile, groups)
      const watched = streams.filter(isWatched)
      const sizes = groups.map(({ name, members }) => {
        const isMember = fits(members)
        return { name, isMember, markets: new Set(watched.filter(isMember).map(({ market }) => market)).size }
      })
      const groupsOf = (stream: Stream) =>
        sizes.filter(({ isMember }) => isMember(stream)).map(({ name, markets }) => ({ name, markets }))
      return { profile, isWatched, groupsOf }
    })
  }

  return {
    take,
    catchUp() {
      store.untold().then(
        streams => streams.forEach(take),
        err => log.warn({ err }, 'streams with unreported episodes could not be read'),
      )
    },
    async close() {
      isClosing = true
      await queue.drained()
    },
  }
}

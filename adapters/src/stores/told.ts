import type { Group, Incident } from '@candlewatch/core/incident'
import type { Stream } from '@candlewatch/core/time'
import type { Episode, Ms } from '@candlewatch/core/types'
import type { SequencedVerdict } from './verdicts.ts'

/** Groups of markets. */
export interface GroupStore {
  /** Adds a group, or replaces the one of that name. */
  saveGroup(group: Group, at: Ms): Promise<void>
  /** Returns false if there is no group of that name. */
  deleteGroup(name: string): Promise<boolean>
  /** Returns all groups by name. */
  groups(): Promise<readonly Group[]>
  /** Returns the newest `limit` episodes of all streams with a bar in the range, oldest first. */
  episodesOfAll(range: { readonly fromMs: Ms; readonly toMs: Ms; readonly limit: number }): Promise<readonly Episode[]>
}

/** The markets and groups that a person watches, and their budget of episodes. */
export interface ProfileRecord {
  /** The id of an API key, or `default`. */
  readonly id: string
  /** The markets that they watch, and patterns of them. */
  readonly markets: readonly string[]
  /** The names of the groups that they watch. */
  readonly groups: readonly string[]
  readonly episodesPerWeek: number
  readonly leastSizePercent: number
}

/** The profiles of persons. */
export interface ProfileStore {
  /** Adds a profile, or replaces the one with that id. */
  saveProfile(profile: ProfileRecord, at: Ms): Promise<void>
  profiles(): Promise<readonly ProfileRecord[]>
}

/** An incident of a profile. */
export interface ToldRecord {
  readonly profile: string
  readonly incident: Incident
}

/** The records and the news that a process reads while no other one decides. */
export interface ToldTurn {
  /** Counts the turns that wrote something. While it stays the same, the records do too. */
  readonly version: number
  /** Returns the newest `limit` incidents of every profile, in the order in which they began. */
  records(limit: number): Promise<readonly ToldRecord[]>
  /** Returns the first `limit` verdicts of the stream that changed an episode and were not read yet, in order of commit. */
  news(stream: Stream, limit: number): Promise<readonly Pick<SequencedVerdict, 'seq' | 'verdict' | 'episodes'>[]>
}

/** The decisions of a turn. */
export interface ToldWork {
  readonly stream: Stream
  /** The seq of the last verdict that was read. */
  readonly seq: number
  readonly records: readonly ToldRecord[]
}

/** A listing of incidents: of one profile, those that began in the range. */
export interface ToldRange {
  readonly profile: string
  readonly fromMs: Ms | null
  readonly toMs: Ms | null
  /** True: only those that were told. */
  readonly toldOnly: boolean
  readonly limit: number
}

/** The incidents of all profiles, and how far the committed sequence was read for them. */
export interface ToldStore {
  /**
   * Runs `decide` while no other process does, and stores what it returns in the same transaction; null: nothing. Resolves to
   * the version that there is then.
   */
  toldTurn(decide: (turn: ToldTurn) => Promise<ToldWork | null>): Promise<number>
  /** Returns the newest `limit` incidents of the range, oldest first, without those that became part of another. */
  told(range: ToldRange): Promise<readonly Incident[]>
  /** Lists the streams with changes of episodes that were not read yet. */
  untold(): Promise<readonly Stream[]>
}

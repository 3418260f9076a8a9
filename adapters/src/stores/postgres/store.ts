import type { Ms } from '@candlewatch/core/types'
import type { JudgedWrites } from '../owners.ts'
import type { Store } from '../store.ts'
import { postgresBars } from './bars.ts'
import { postgresBudgets, postgresScores } from './budgets.ts'
import { postgresCommits, postgresSnapshots } from './commits.ts'
import { connections, type PoolState } from './connection.ts'
import { postgresCorrections, postgresJudging } from './corrections.ts'
import { postgresHeldRows } from './held-rows.ts'
import { postgresHistory } from './history.ts'
import { postgresImports } from './imports.ts'
import { postgresJobs } from './jobs.ts'
import { postgresKeys } from './keys.ts'
import { makeLine, sendNotices } from './line.ts'
import { postgresMarkets } from './markets.ts'
import { postgresModels } from './models.ts'
import { disown, postgresOwners } from './owners.ts'
import { deleteStream, postgresReplays } from './replays.ts'
import { keyOf } from './rows.ts'
import { postgresSettings } from './settings.ts'
import { postgresGroups, postgresProfiles, postgresTold } from './told.ts'
import { postgresEpisodes, postgresLabels, postgresVerdicts } from './verdicts.ts'
import { dropYears } from './years.ts'

/** How the store uses the database. */
export interface PostgresOptions {
  /** The most connections that this process opens, at least 3. Default 10; one more, for notices, is not counted. */
  readonly connections?: number
  /** How long a commit may take. Default 5 s. */
  readonly commitPatienceMs?: number
  /** How long a read or a short write may take. Default 15 s. */
  readonly patienceMs?: number
}

/** The store on a database, with the facts and tasks that only a database has. */
export interface PostgresStore extends Store {
  readonly pool: PoolState
  /** Returns the names of the migrations that ran here. */
  appliedMigrations(): Promise<readonly string[]>
  /**
   * Drops bars and verdicts of calendar years (UTC) that ended before `before` and of which no row was learned since then.
   * Years with bars that an engine has yet to learn stay. Returns the years.
   */
  dropYears(before: Ms): Promise<readonly number[]>
}

// Years of bars are rolled up and a long history is judged again in one transaction.
const slowPatienceMs = 120_000

/** Opens the store on PostgreSQL 15 or later; `migrate` has run before. Throws ERR_DATABASE_UNREACHABLE, ERR_DATABASE_VERSION. */
export function postgresStore(databaseUrl: string, options: PostgresOptions = {}): PostgresStore {
  const { connections: most = 10, commitPatienceMs = 5_000, patienceMs = 15_000 } = options
  const forCommits = Math.max(1, Math.floor(most * 0.4))
  const forSlow = Math.max(1, Math.floor(most * 0.2))
  const database = connections(databaseUrl, { max: Math.max(1, most - forCommits - forSlow), patienceMs })
  const slow = connections(databaseUrl, { max: forSlow, patienceMs: slowPatienceMs })
  const committing = connections(databaseUrl, { max: forCommits, patienceMs: commitPatienceMs })
  const pools = [database, slow, committing]
  const sum = (of: keyof PoolState) => pools.reduce((all, { pool }) => all + pool[of], 0)
  const commits = postgresCommits(committing)
  const line = makeLine(databaseUrl)

  const writesOf = (epoch: number): JudgedWrites => ({
    commit: commits.ofProcess(epoch).commit,
    correct: postgresCorrections(database, slow, epoch).correct,
    saveBeginning: postgresJudging(database, epoch).saveBeginning,
    saveKnownScores: postgresScores(database, epoch).saveKnownScores,
    saveSnapshot: postgresSnapshots(database, epoch).saveSnapshot,
  })

  return {
    ...postgresBars(database, slow),
    ...postgresVerdicts(database),
    ...postgresEpisodes(database),
    ...postgresLabels(database),
    ...commits,
    ...postgresSnapshots(database),
    ...postgresHistory(database, slow),
    ...postgresReplays(database, slow),
    ...postgresModels(database),
    ...postgresJobs(database),
    ...postgresBudgets(database),
    ...postgresSettings(database),
    ...postgresGroups(database),
    ...postgresProfiles(database),
    ...postgresTold(database),
    ...postgresScores(database),
    ...postgresCorrections(database, slow),
    ...postgresJudging(database),
    ...postgresImports(database),
    ...postgresKeys(database),
    ...postgresOwners(database, line),
    ...postgresMarkets(database, slow),
    ...postgresHeldRows(database),
    writesOf,

    async notify(texts) {
      await database.query(sendNotices, [texts])
    },

    listen: line.listen,

    async forget(stream) {
      await slow.transaction(async client => {
        await disown(client, stream)
        await deleteStream(client, stream)
        await client.query('delete from labels where market = $1 and interval = $2', [...keyOf(stream)])
      })
    },

    get pool() {
      return { max: sum('max'), open: sum('open'), idle: sum('idle'), waiting: sum('waiting') }
    },

    async appliedMigrations() {
      return (await database.query<{ name: string }>('select name from migrations order by id')).map(row => row.name)
    },

    dropYears: before => slow.transaction(client => dropYears(client, before)),

    async close() {
      await Promise.all([line.close(), ...pools.map(pool => pool.close())])
    },
  }
}

import type { Ms } from '@candlewatch/core/types'
import type { Store } from '../store.ts'
import { postgresBars } from './bars.ts'
import { postgresBudgets, postgresScores } from './budgets.ts'
import { postgresCommits, postgresSnapshots } from './commits.ts'
import { beginInOrder, connections, type PoolState } from './connection.ts'
import { postgresCorrections, postgresJudging } from './corrections.ts'
import { postgresHistory } from './history.ts'
import { postgresKeys } from './keys.ts'
import { postgresModels } from './models.ts'
import { postgresReplays } from './replays.ts'
import { keyOf } from './rows.ts'
import { postgresEpisodes, postgresLabels, postgresVerdicts } from './verdicts.ts'
import { dropYears } from './years.ts'

/** How the store uses the database. */
export interface PostgresOptions {
  /** The most connections that this process opens. Default 10: a tenth of what the private server allows. */
  readonly connections?: number
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

/** Opens the store on PostgreSQL 15 or later; `migrate` has run before. Throws ERR_DATABASE_UNREACHABLE, ERR_DATABASE_VERSION. */
export function postgresStore(databaseUrl: string, options: PostgresOptions = {}): PostgresStore {
  const database = connections(databaseUrl, options.connections ?? 10)
  return {
    ...postgresBars(database),
    ...postgresVerdicts(database),
    ...postgresEpisodes(database),
    ...postgresLabels(database),
    ...postgresCommits(database),
    ...postgresSnapshots(database),
    ...postgresHistory(database),
    ...postgresReplays(database),
    ...postgresModels(database),
    ...postgresBudgets(database),
    ...postgresScores(database),
    ...postgresCorrections(database),
    ...postgresJudging(database),
    ...postgresKeys(database),

    async forget(stream) {
      await database.transaction(async client => {
        for (const table of streamTables) {
          await client.query(`delete from ${table} where market = $1 and interval = $2`, [...keyOf(stream)])
        }
      }, beginInOrder)
    },

    get pool() {
      return database.pool
    },

    async appliedMigrations() {
      return (await database.query<{ name: string }>('select name from migrations order by id')).map(row => row.name)
    },

    dropYears: before => database.transaction(client => dropYears(client, before), beginInOrder),

    async ping() {
      await database.query('select 1')
    },

    close: () => database.close(),
  }
}

/** The tables with rows about one stream, in an order in which they can be deleted. */
const streamTables = [
  'verdicts',
  'episodes',
  'corrections',
  'beginnings',
  'bars',
  'rollups',
  'snapshots',
  'known_scores',
  'labels',
  'replays',
] as const

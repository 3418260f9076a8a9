import { CandlewatchError } from '@candlewatch/core/errors'
import { msOf, type Stream } from '@candlewatch/core/time'
import type { Episode } from '@candlewatch/core/types'
import type pg from 'pg'
import { codeOf } from '../../system-error.ts'
import { type CommitStore, checkSteps, type Snapshot, type SnapshotStore } from '../commits.ts'
import { type Commit, groupCommits } from './commit-groups.ts'
import type { Connections } from './connection.ts'
import * as rows from './rows.ts'

/** The writes of judged bars in PostgreSQL, and whether they get through. */
export interface PostgresCommits extends CommitStore {
  /** Rejects with ERR_DATABASE_UNREACHABLE or ERR_DATABASE_REFUSED if a commit would not get through now. */
  ping(): Promise<void>
}

/** `database` is used for commits alone, so that they never wait for readers. */
export function postgresCommits(database: Connections): PostgresCommits {
  const commits = groupCommits(database, write)
  return {
    async commit(stream, steps, snapshot) {
      checkSteps(stream, steps)
      if (steps.length === 0 && !snapshot) return []
      return commits.add({ stepRows: steps.map(step => rows.stepRow(stream, step)), snapshot })
    },
    async ping() {
      commits.refuseWhenStuck()
      await database.transaction(client => client.query('select probe_write()'))
    },
  }

  function write(group: readonly Commit[]): Promise<readonly number[]> {
    const stepRows = group.flatMap(commit => commit.stepRows)
    const snapshots = group.flatMap(({ snapshot }) => snapshot ?? [])
    // A single statement is a transaction of its own.
    if (snapshots.length === 0) return database.use(client => writeSteps(client, stepRows))
    return database.transaction(async client => {
      const seqs = await writeSteps(client, stepRows)
      for (const snapshot of snapshots) await writeSnapshot(client, snapshot)
      return seqs
    })
  }
}

/** The engines' snapshots in PostgreSQL. */
export function postgresSnapshots(database: Connections): SnapshotStore {
  return {
    async snapshot(stream, model) {
      const [row] = await database.query<SnapshotRow>(selectSnapshot, [...rows.keyOf(stream), model])
      if (!row) return null
      return {
        market: stream.market,
        intervalMs: stream.intervalMs,
        model: row.model,
        ts: msOf(row.ts),
        state: new Uint8Array(row.state),
      }
    },

    async saveSnapshot(snapshot) {
      await database.use(client => writeSnapshot(client, snapshot))
    },
  }
}

/** Makes the writes of a stream take turns until the transaction ends. */
export async function lockStream(client: pg.ClientBase, stream: Stream): Promise<void> {
  await client.query('select lock_stream($1, $2)', [...rows.keyOf(stream)])
}

/**
 * Writes steps in one round trip and returns their seqs. `barsAreNew` is false for bars that are stored already. Throws
 * ERR_STEP_NOT_NEW when anything else is stored already, and nothing is written.
 */
export async function writeSteps(
  client: pg.ClientBase,
  stepRows: readonly rows.StepRow[],
  { barsAreNew = true }: { readonly barsAreNew?: boolean } = {},
): Promise<readonly number[]> {
  const changes = stepRows.flatMap(({ change }) => change ?? [])
  const steps = JSON.stringify(stepRows.map(({ step }) => step))
  try {
    const found = await client.query<{ seq: string }>(commitSteps, [steps, JSON.stringify(changes), barsAreNew])
    return found.rows.map(row => Number(row.seq))
  } catch (error) {
    throw codeOf(error) === notNew ? stepNotNew(error) : error
  }
}

function stepNotNew(cause: unknown): CandlewatchError {
  return new CandlewatchError(
    'ERR_STEP_NOT_NEW',
    `${cause instanceof Error ? cause.message : cause}. Send the rows again.`,
    { cause },
  )
}

/** Writes an episode over the one that began at the same time. */
export async function writeEpisode(client: pg.ClientBase, episode: Episode): Promise<void> {
  await client.query('select write_episodes($1)', [JSON.stringify([{ episode }])])
}

/** Writes a snapshot unless a newer one is stored. */
export async function writeSnapshot(client: pg.ClientBase, snapshot: Snapshot): Promise<void> {
  const { ts, model, state } = snapshot
  const bytes = Buffer.from(state.buffer, state.byteOffset, state.byteLength)
  await client.query(upsertSnapshot, [...rows.keyOf(snapshot), model, rows.timestamp(ts), bytes])
}

interface SnapshotRow {
  readonly model: string
  readonly ts: Date
  readonly state: Buffer
}

const notNew = 'CW001'

const commitSteps = 'select seq from commit_steps($1, $2, $3) order by n'

const selectSnapshot = 'select model, ts, state from snapshots where market = $1 and interval = $2 and model = $3'

// A snapshot never goes back in time, so a repeated commit does not undo a later one.
const upsertSnapshot = `
  insert into snapshots (market, interval, model, ts, state) values ($1, $2, $3, $4, $5)
  on conflict (market, interval, model) do update set ts = excluded.ts, state = excluded.state
  where snapshots.ts <= excluded.ts`

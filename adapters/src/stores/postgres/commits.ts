import { CandlewatchError } from '@candlewatch/core/errors'
import { msOf, type Stream } from '@candlewatch/core/time'
import type { Episode } from '@candlewatch/core/types'
import type pg from 'pg'
import { codeOf } from '../../system-error.ts'
import { type CommitStore, checkSteps, type Snapshot, type SnapshotStore } from '../commits.ts'
import { streamMoved } from '../owners.ts'
import { type Commit, groupCommits } from './commit-groups.ts'
import type { Connections } from './connection.ts'
import * as rows from './rows.ts'

/** The writes of judged bars in PostgreSQL, and whether they get through. */
export interface PostgresCommits extends CommitStore {
  /** The commits of a process: they throw ERR_STREAM_MOVED once the stream belongs to another. */
  ofProcess(epoch: number): CommitStore
  /** Rejects with ERR_DATABASE_UNREACHABLE or ERR_DATABASE_REFUSED if a commit would not get through now. */
  ping(): Promise<void>
}

/** `database` is used for commits alone, so that they never wait for readers. */
export function postgresCommits(database: Connections): PostgresCommits {
  const commits = groupCommits(database, write)
  return {
    commit: committing(null),
    ofProcess: epoch => ({ commit: committing(epoch) }),
    async ping() {
      commits.refuseWhenStuck()
      await database.transaction(client => client.query('select probe_write()'))
    },
  }

  function committing(epoch: number | null): CommitStore['commit'] {
    return async (stream, steps, snapshot) => {
      checkSteps(stream, steps)
      if (steps.length === 0 && !snapshot) return []
      const [market, interval] = rows.keyOf(stream)
      const stepRows = steps.map(step => rows.stepRow(stream, step))
      return commits.add({ owner: { market, interval, epoch }, stepRows, snapshot })
    }
  }

  function write(group: readonly Commit[]): Promise<readonly number[]> {
    const stepRows = group.flatMap(commit => commit.stepRows)
    const snapshots = group.flatMap(({ snapshot }) => snapshot ?? [])
    const owners = group.map(({ owner }) => owner)
    // A single statement is a transaction of its own.
    if (snapshots.length === 0) return database.use(client => writeSteps(client, stepRows, { owners }))
    return database.transaction(async client => {
      const seqs = await writeSteps(client, stepRows, { owners })
      for (const snapshot of snapshots) await writeSnapshot(client, snapshot)
      return seqs
    })
  }
}

/** The engines' snapshots in PostgreSQL. */
export function postgresSnapshots(database: Connections, epoch: number | null = null): SnapshotStore {
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
      await database.transaction(async client => {
        await lockStream(client, snapshot, epoch)
        await writeSnapshot(client, snapshot)
      })
    },
  }
}

/**
 * Makes the writes of a stream take turns until the transaction ends. Throws ERR_STREAM_MOVED if the stream does not belong to
 * the process with this epoch; null: a write of no process.
 */
export async function lockStream(client: pg.ClientBase, stream: Stream, epoch: number | null): Promise<void> {
  try {
    await client.query('select lock_owned_stream($1, $2, $3)', [...rows.keyOf(stream), epoch])
  } catch (error) {
    throw codeOf(error) === notOwned ? streamMoved(stream, error) : error
  }
}

/** How `writeSteps` writes. */
interface StepsOptions {
  /** false for bars that are stored already. */
  readonly barsAreNew?: boolean
  /** The streams, and the processes that must own them. */
  readonly owners?: readonly Commit['owner'][]
}

/**
 * Writes steps in one round trip and returns their seqs. Throws ERR_STEP_NOT_NEW when anything else than a bar that need not be
 * new is stored already, and ERR_STREAM_MOVED; nothing is written then.
 */
export async function writeSteps(
  client: pg.ClientBase,
  stepRows: readonly rows.StepRow[],
  { barsAreNew = true, owners = [] }: StepsOptions = {},
): Promise<readonly number[]> {
  const changes = stepRows.flatMap(({ change }) => change ?? [])
  const steps = JSON.stringify(stepRows.map(({ step }) => step))
  const values = [
    steps,
    JSON.stringify(changes),
    barsAreNew,
    owners.map(({ market }) => market),
    owners.map(({ interval }) => interval),
    owners.map(({ epoch }) => epoch),
  ]
  try {
    const found = await client.query<{ seq: string }>(commitSteps, values)
    return found.rows.map(row => Number(row.seq))
  } catch (error) {
    const code = codeOf(error)
    const [first] = owners
    if (code === notOwned && first) throw streamMoved(rows.streamOf(first), error)
    throw code === notNew ? stepNotNew(error) : error
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
const notOwned = 'CW002'

const commitSteps = 'select seq from commit_owned_steps($1, $2, $3, $4, $5, $6) order by n'

const selectSnapshot = 'select model, ts, state from snapshots where market = $1 and interval = $2 and model = $3'

// A snapshot never goes back in time, so a repeated commit does not undo a later one.
const upsertSnapshot = `
  insert into snapshots (market, interval, model, ts, state) values ($1, $2, $3, $4, $5)
  on conflict (market, interval, model) do update set ts = excluded.ts, state = excluded.state
  where snapshots.ts <= excluded.ts`

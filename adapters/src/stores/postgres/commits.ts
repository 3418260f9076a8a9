import { msOf } from '@candlewatch/core/time'
import type { Episode } from '@candlewatch/core/types'
import type pg from 'pg'
import { type CommitStore, checkSteps, type Snapshot, type SnapshotStore } from '../commits.ts'
import type { Connections } from './connection.ts'
import * as rows from './rows.ts'

/** The writes of judged bars in PostgreSQL. */
export function postgresCommits(database: Connections): CommitStore {
  const commits = groupCommits(database)
  return {
    async commit(stream, steps, snapshot) {
      checkSteps(stream, steps)
      return commits.add({ stepRows: steps.map(step => rows.stepRow(stream, step)), snapshot })
    },
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

/** Writes steps in one round trip and returns their seqs. */
export async function writeSteps(client: pg.ClientBase, stepRows: readonly rows.StepRow[]): Promise<readonly number[]> {
  const changes = stepRows.flatMap(({ change }) => change ?? [])
  const found = await client.query<{ seq: string }>(commitSteps, [
    JSON.stringify(stepRows.map(({ step }) => step)),
    JSON.stringify(changes),
  ])
  return found.rows.map(row => Number(row.seq))
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

interface Commit {
  readonly stepRows: readonly rows.StepRow[]
  readonly snapshot: Snapshot | null
}

interface Waiting extends Commit {
  resolve(seqs: readonly number[]): void
  reject(error: unknown): void
}

/** Some 3 MB of verdicts: commits that arrive meanwhile should not wait for more. */
const maxRows = 1_000

/**
 * Writes commits of many streams one after the other. Commits that arrive while one is being written are written together,
 * with one flush of the disk. If that fails, each is tried alone, so that none fails because of another's rows.
 */
function groupCommits(database: Connections): { add(commit: Commit): Promise<readonly number[]> } {
  const waiting: Waiting[] = []
  let isWriting = false

  return {
    add(commit) {
      return new Promise((resolve, reject) => {
        waiting.push({ ...commit, resolve, reject })
        if (!isWriting) void writeAll()
      })
    },
  }

  async function writeAll(): Promise<void> {
    isWriting = true
    while (waiting.length > 0) await settle(takeGroup())
    isWriting = false
  }

  function takeGroup(): Waiting[] {
    let count = 0
    const end = waiting.findIndex(({ stepRows }, i) => {
      count += stepRows.length
      return i > 0 && count > maxRows
    })
    return waiting.splice(0, end < 0 ? waiting.length : end)
  }

  async function settle(group: readonly Waiting[]): Promise<void> {
    try {
      const seqs = await write(group)
      let from = 0
      for (const { stepRows, resolve } of group) {
        resolve(seqs.slice(from, from + stepRows.length))
        from += stepRows.length
      }
    } catch (error) {
      if (group.length > 1) for (const one of group) await settle([one])
      else for (const { reject } of group) reject(error)
    }
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

const commitSteps = 'select seq from commit_steps($1, $2) order by n'

const selectSnapshot = 'select model, ts, state from snapshots where market = $1 and interval = $2 and model = $3'

// A snapshot never goes back in time, so a repeated commit does not undo a later one.
const upsertSnapshot = `
  insert into snapshots (market, interval, model, ts, state) values ($1, $2, $3, $4, $5)
  on conflict (market, interval, model) do update set ts = excluded.ts, state = excluded.state
  where snapshots.ts <= excluded.ts`

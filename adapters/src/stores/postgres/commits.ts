import type pg from 'pg'
import type { Snapshot } from '../store.ts'
import type { Connections } from './connection.ts'
import * as rows from './rows.ts'
import * as sql from './statements.ts'

export interface Commit {
  readonly stepRows: readonly ReturnType<typeof rows.stepRow>[]
  readonly snapshot: Snapshot | null
}

interface Waiting extends Commit {
  resolve(seqs: readonly number[]): void
  reject(error: unknown): void
}

type Transaction = <T>(work: (client: pg.ClientBase) => Promise<T>) => Promise<T>

/** Some 3 MB of verdicts: what comes meanwhile should not wait for more. */
const mostRows = 1_000

/**
 * Commits of many streams, one after the other: those that come while one is being written are written together, with one
 * flush of the disk. When that fails, each is tried by itself, so that none fails for another's rows.
 */
export function groupCommits(
  database: Connections,
  transaction: Transaction,
): { add(commit: Commit): Promise<readonly number[]> } {
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
    const group = waiting.splice(0, 1)
    let count = group[0]!.stepRows.length
    while (waiting[0] && count + waiting[0].stepRows.length <= mostRows) {
      const next = waiting.shift()!
      count += next.stepRows.length
      group.push(next)
    }
    return group
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
      if (group.length === 1) group[0]!.reject(error)
      else for (const one of group) await settle([one])
    }
  }

  function write(group: readonly Commit[]): Promise<readonly number[]> {
    const given = JSON.stringify(group.flatMap(({ stepRows }) => stepRows))
    const snapshots = group.flatMap(({ snapshot }) => snapshot ?? [])
    const steps = async (client: pg.ClientBase) =>
      (await client.query<{ seq: string }>(sql.commitSteps, [given])).rows.map(row => Number(row.seq))
    // One statement is a transaction of its own.
    if (snapshots.length === 0) return database.use(steps)
    return transaction(async client => {
      const seqs = await steps(client)
      for (const snapshot of snapshots) await client.query(sql.upsertSnapshot, rows.snapshotValues(snapshot))
      return seqs
    })
  }
}

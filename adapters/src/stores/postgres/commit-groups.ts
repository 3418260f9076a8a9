import { CandlewatchError } from '@candlewatch/core/errors'
import type { Snapshot } from '../commits.ts'
import type { Connections } from './connection.ts'
import type * as rows from './rows.ts'

/** The rows of one stream that are written together. */
export interface Commit {
  /** The stream, and the process that writes; null: none that must own it. */
  readonly owner: rows.KeyRow & { readonly epoch: number | null }
  readonly stepRows: readonly rows.StepRow[]
  readonly snapshot: Snapshot | null
}

interface Waiting extends Commit {
  resolve(seqs: readonly number[]): void
  reject(error: unknown): void
}

/** Some 3 MB of verdicts: commits that arrive meanwhile should not wait for more. */
const maxRows = 1_000
/** A group that takes longer no longer holds up the ones after it. */
const usualMs = 200
/** A commit under way for longer counts as stuck. */
const stuckMs = 3_000
/** How long a failed commit counts against the database without another that got through. */
const failureCountsMs = 10_000

/** Writes commits in groups. */
export interface CommitGroups {
  add(commit: Commit): Promise<readonly number[]>
  /** Throws ERR_DATABASE_UNREACHABLE if commits hang, or what the last one failed with. */
  refuseWhenStuck(): void
}

/**
 * Commits that arrive while others are being written are written together, with one flush of the disk. Groups are
 * written in turn. One that hangs does not hold up the others: after a while the next is written on a second connection. If the
 * database refuses a group, each of its commits is tried alone, so that none fails because of another's rows.
 */
export function groupCommits(
  database: Pick<Connections, 'pool'>,
  write: (group: readonly Commit[]) => Promise<readonly number[]>,
): CommitGroups {
  const waiting: Waiting[] = []
  const underWay = new Set<{ readonly since: number }>()
  let failure: { readonly error: unknown; readonly at: number } | null = null
  /** Groups under way that still hold up the next one. */
  let holding = 0

  function next(): void {
    if (waiting.length === 0 || holding > 0 || underWay.size >= database.pool.max) return
    void settle(takeGroup())
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
    const work = { since: performance.now() }
    let isHolding = true
    const letGo = () => {
      if (isHolding) holding -= 1
      isHolding = false
    }
    const timer = setTimeout(() => {
      letGo()
      next()
    }, usualMs)
    underWay.add(work)
    holding += 1
    try {
      await writeTogether(group)
    } finally {
      clearTimeout(timer)
      letGo()
      underWay.delete(work)
      next()
    }
  }

  async function writeTogether(group: readonly Waiting[]): Promise<void> {
    try {
      const seqs = await write(group)
      failure = null
      let from = 0
      for (const { stepRows, resolve } of group) {
        resolve(seqs.slice(from, from + stepRows.length))
        from += stepRows.length
      }
    } catch (error) {
      if (group.length > 1 && isRefusal(error)) for (const one of group) await writeTogether([one])
      else {
        if (isOfDatabase(error)) failure = { error, at: performance.now() }
        for (const { reject } of group) reject(error)
      }
    }
  }

  return {
    add(commit) {
      return new Promise((resolve, reject) => {
        waiting.push({ owner: commit.owner, stepRows: commit.stepRows, snapshot: commit.snapshot, resolve, reject })
        next()
      })
    },
    refuseWhenStuck() {
      const now = performance.now()
      for (const { since } of underWay) {
        if (now - since < stuckMs) continue
        const seconds = Math.round((now - since) / 1_000)
        throw new CandlewatchError(
          'ERR_DATABASE_UNREACHABLE',
          `Expected PostgreSQL to answer a commit within ${stuckMs / 1_000} s, found one that has waited for ${seconds} s.`,
        )
      }
      if (failure && now - failure.at < failureCountsMs) throw failure.error
    },
  }
}

const codeOfError = (error: unknown) => (error instanceof CandlewatchError ? error.code : null)

/** The database has answered, so nothing of the group is written. Without an answer that is unknown. */
const isRefusal = (error: unknown) => codeOfError(error) !== 'ERR_DATABASE_UNREACHABLE'

/** Not the rows are at fault. */
const isOfDatabase = (error: unknown) => /^ERR_DATABASE_/.test(codeOfError(error) ?? '')

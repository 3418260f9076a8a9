import { isoDate } from '@candlewatch/core/interval'
import type { Bar, Ms, Replay } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { Refused } from './client.ts'
import { replayRows } from './replay.ts'
import { barsFrom, hourMs, replayOf, verdictOf } from './rows.suite.ts'
import { makeSteering } from './steering.ts'

/** Runs a replay in a time that passes only while it sleeps. `events`: what the page does, and when. */
async function replayed(
  rows: readonly Bar[],
  start: Partial<Replay>,
  events: readonly (readonly [atMs: number, change: Partial<Replay>])[] = [],
  postMs = 0,
  refused: readonly Bar[] = [],
) {
  let nowMs = 0
  const pending = [...events]
  const steering = makeSteering(replayOf(start))
  const posts: { readonly atMs: number; readonly opens: number[] }[] = []
  const failures: string[] = []
  const answered: number[] = []
  const pass = (ms: number) => {
    const next = pending[0]
    if (next && next[0] <= nowMs + ms) {
      pending.shift()
      nowMs = Math.max(nowMs, next[0])
      steering.apply({ ...steering.current(), ...next[1] })
    } else nowMs += ms
  }
  const outcome = await replayRows({
    ...{ rows, intervalMs: hourMs, steering },
    clock: { now: () => nowMs as Ms },
    timer: { sleep: async ms => pass(ms) },
    client: {
      async post(bars) {
        if (bars.some(bar => refused.includes(bar))) throw new Refused('422 ERR_BAR_IMPOSSIBLE')
        posts.push({ atMs: nowMs, opens: bars.map(bar => hourOf(bar)) })
        nowMs += postMs
        return bars.map(bar => verdictOf(bar))
      },
      changeReplay: async (_id, change) => ({ ...steering.current(), ...change }),
    },
    onAnswers: verdicts => void answered.push(...verdicts.map(verdict => verdict.ts)),
    onFailure: (bar, why) => void failures.push(`${hourOf(bar)}: ${why}`),
  })
  return { outcome, posts, failures, answered, steering, nowMs }
}

const hourOf = (bar: Bar) => (bar.ts - hourMs - Date.UTC(2021, 0, 1)) / hourMs
const openAt = (hour: number) => isoDate(Date.UTC(2021, 0, 1) + hour * hourMs)

test('a row a second: each at its second, alone, in order', async () => {
  const { outcome, posts } = await replayed(barsFrom(0, 4), {})
  expect(outcome).toBe('finished')
  expect(posts).toEqual([0, 1, 2, 3].map(i => ({ atMs: i * 1_000, opens: [i] })))
})

test('1 ms a row and answers that take 7 ms: rows go together, and the pace is kept', async () => {
  const { posts, nowMs, answered } = await replayed(barsFrom(0, 700), { everyMs: 1 }, [], 7)
  expect(answered).toEqual(barsFrom(0, 700).map(bar => bar.ts))
  expect(posts.at(-2)?.opens).toHaveLength(7)
  expect(nowMs).toBeLessThan(715)
})

test('as fast as it goes: arrays of a hundred', async () => {
  const { posts, nowMs } = await replayed(barsFrom(0, 250), { everyMs: 0 })
  expect(posts.map(post => post.opens.length)).toEqual([100, 100, 50])
  expect(nowMs).toBe(0)
})

test('paused and played: nothing is posted meanwhile, and nothing has piled up', async () => {
  const { posts } = await replayed(barsFrom(0, 4), {}, [
    [1_500, { state: 'paused' }],
    [60_000, { state: 'playing' }],
  ])
  expect(posts.map(post => post.atMs)).toEqual([0, 1_000, 60_000, 61_000])
})

test('sped up while it waits: the next row does not wait for the old gap', async () => {
  const { posts } = await replayed(barsFrom(0, 4), { everyMs: 60_000 }, [[10_000, { everyMs: 100 }]])
  expect(posts.map(post => post.atMs)).toEqual([0, 10_100, 10_200, 10_300])
})

test('a seek: posts without waiting up to that date, then at the pace it had', async () => {
  const { posts, steering } = await replayed(barsFrom(0, 253), {}, [[500, { seek: openAt(250) }]])
  expect(posts.map(post => [post.atMs, post.opens.length])).toEqual([
    ...[
      [0, 1],
      [500, 100],
      [500, 100],
      [500, 49],
    ],
    ...[
      [500, 1],
      [1_500, 1],
      [2_500, 1],
    ],
  ])
  expect(steering.current().seek).toBeNull()
})

test('a seek while paused: goes there and stays paused', async () => {
  const { posts } = await replayed(barsFrom(0, 12), { state: 'paused' }, [
    [5_000, { seek: openAt(10) }],
    [9_000, { state: 'playing' }],
  ])
  expect(posts).toEqual([
    { atMs: 5_000, opens: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
    { atMs: 9_000, opens: [10] },
    { atMs: 10_000, opens: [11] },
  ])
})

test('stopped from the page: ends there', async () => {
  const { outcome, posts } = await replayed(barsFrom(0, 9), {}, [[2_500, { state: 'stopped' }]])
  expect([outcome, posts.length]).toEqual(['stopped', 3])
})

test('the events of another replay change nothing', async () => {
  const { posts } = await replayed(barsFrom(0, 3), {}, [[500, { id: 'another', state: 'paused' }]])
  expect(posts).toHaveLength(3)
})

test('a row that is refused within an array: it alone fails, the others are answered', async () => {
  const rows = barsFrom(0, 5)
  const { failures, answered, outcome } = await replayed(rows, { everyMs: 0 }, [], 0, [rows[2]!])
  expect(failures).toEqual(['2: 422 ERR_BAR_IMPOSSIBLE'])
  expect(answered).toEqual([rows[0], rows[1], rows[3], rows[4]].map(bar => bar?.ts))
  expect(outcome).toBe('finished')
})

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
  {
    postMs = 0,
    refused = [],
    answered: before = 0,
    alarms = [],
    once = true,
    overtakenBy,
  }: Partial<{
    readonly postMs: number
    readonly refused: readonly Bar[]
    readonly answered: number
    /** Hours that are anomalies. */
    readonly alarms: readonly number[]
    readonly once: boolean
    /** The change that a page makes just before the first change of the simulator arrives. */
    readonly overtakenBy: Partial<Replay>
  }> = {},
) {
  let nowMs = 0
  const pending = [...events]
  const steering = makeSteering(replayOf(start))
  /** The newest visible hour that pages were shown, with its time; null for the newest there is. */
  const shown: (readonly [atMs: number, hour: number | null])[] = []
  let finished = 0
  let overtaking = overtakenBy
  const atServer = () => {
    const current = steering.current()
    const change = overtaking
    overtaking = undefined
    return change ? { ...current, ...change, revision: current.revision + 1 } : current
  }
  const posts: { readonly atMs: number; readonly opens: number[] }[] = []
  const failures: string[] = []
  const answered: number[] = []
  const pass = (ms: number) => {
    const next = pending[0]
    if (next && next[0] <= nowMs + ms) {
      pending.shift()
      nowMs = Math.max(nowMs, next[0])
      steering.apply({ ...steering.current(), ...next[1], revision: steering.current().revision + 1 })
    } else nowMs += ms
  }
  const outcome = await replayRows({
    rows,
    answered: before,
    intervalMs: hourMs,
    steering,
    once,
    clock: { now: () => nowMs as Ms },
    timer: { sleep: async ms => pass(ms) },
    client: {
      async post(bars) {
        if (bars.some(bar => refused.includes(bar))) throw new Refused('422 ERR_BAR_IMPOSSIBLE')
        posts.push({ atMs: nowMs, opens: bars.map(bar => hourOf(bar)) })
        if (postMs > 0) pass(postMs)
        return bars.map(bar => verdictOf(bar, alarms.includes(hourOf(bar)) ? { status: 'anomaly' } : {}))
      },
      async changeReplay(_id, { revision, ...change }) {
        const current = atServer()
        if (revision !== undefined && revision !== current.revision) return current
        if ('at' in change) shown.push([nowMs, change.at ? hourAt(change.at) : null])
        const state = change.until === null ? 'paused' : current.state
        return { ...current, state, ...change, revision: current.revision + 1 }
      },
    },
    onAnswers: verdicts => void answered.push(...verdicts.map(verdict => verdict.ts)),
    onFailure: (bar, why) => void failures.push(`${hourOf(bar)}: ${why}`),
    onFinished: () => {
      finished += 1
    },
  })
  return { outcome, posts, failures, answered, steering, nowMs, shown, finished }
}

const hourAt = (date: string) => (Date.parse(date) - Date.UTC(2021, 0, 1)) / hourMs

const hourOf = (bar: Bar) => (bar.ts - hourMs - Date.UTC(2021, 0, 1)) / hourMs
const openAt = (hour: number) => isoDate(Date.UTC(2021, 0, 1) + hour * hourMs)

test('with a row per second each is posted at its second, alone, in order', async () => {
  const { outcome, posts } = await replayed(barsFrom(0, 4), {})
  expect(outcome).toBe('finished')
  expect(posts).toEqual([0, 1, 2, 3].map(i => ({ atMs: i * 1_000, opens: [i] })))
})

test('with 1 ms per row and answers that take 7 ms, rows are sent together, and the pace is kept', async () => {
  const { posts, nowMs, answered } = await replayed(barsFrom(0, 700), { everyMs: 1 }, [], { postMs: 7 })
  expect(answered).toEqual(barsFrom(0, 700).map(bar => bar.ts))
  expect(posts.at(-2)?.opens).toHaveLength(7)
  expect(nowMs).toBeLessThan(715)
})

test('at full speed rows are sent in arrays of a hundred', async () => {
  const { posts, nowMs } = await replayed(barsFrom(0, 250), { everyMs: 0 })
  expect(posts.map(post => post.opens.length)).toEqual([100, 100, 50])
  expect(nowMs).toBe(0)
})

test('nothing is posted during a pause, and no rows have piled up after it', async () => {
  const { posts } = await replayed(barsFrom(0, 4), {}, [
    [1_500, { state: 'paused' }],
    [60_000, { state: 'playing' }],
  ])
  expect(posts.map(post => post.atMs)).toEqual([0, 1_000, 60_000, 61_000])
})

test('after speeding up during a wait, the next row does not wait for the old gap', async () => {
  const { posts } = await replayed(barsFrom(0, 4), { everyMs: 60_000 }, [[10_000, { everyMs: 100 }]])
  expect(posts.map(post => post.atMs)).toEqual([0, 10_100, 10_200, 10_300])
})

test('a seek posts without waiting up to its date, then at the previous pace', async () => {
  const { posts, steering } = await replayed(barsFrom(0, 253), {}, [[500, { seek: openAt(250) }]])
  expect(posts.map(post => [post.atMs, post.opens.length])).toEqual([
    [0, 1],
    [500, 100],
    [500, 100],
    [500, 49],
    [500, 1],
    [1_500, 1],
    [2_500, 1],
  ])
  expect(steering.current().seek).toBeNull()
})

test('a seek during a pause goes to its date and stays paused', async () => {
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

test('a replay that is stopped from the page ends', async () => {
  const { outcome, posts } = await replayed(barsFrom(0, 9), {}, [[2_500, { state: 'stopped' }]])
  expect([outcome, posts.length]).toEqual(['stopped', 3])
})

test('the events of another replay change nothing', async () => {
  const { posts } = await replayed(barsFrom(0, 3), {}, [[500, { id: 'another', state: 'paused' }]])
  expect(posts).toHaveLength(3)
})

test('a refused row of an array fails alone, and the others are answered', async () => {
  const rows = barsFrom(0, 5)
  const { failures, answered, outcome } = await replayed(rows, { everyMs: 0 }, [], { refused: [rows[2]!] })
  expect(failures).toEqual(['2: 422 ERR_BAR_IMPOSSIBLE'])
  expect(answered).toEqual([rows[0], rows[1], rows[3], rows[4]].map(bar => bar?.ts))
  expect(outcome).toBe('finished')
})

test('steps during a pause post exactly as many rows as were requested', async () => {
  const { posts, outcome } = await replayed(barsFrom(0, 9), { state: 'paused' }, [
    [1_000, { steps: 1 }],
    [1_001, { steps: 3 }],
    [5_000, { steps: 4 }],
    [90_000, { state: 'stopped' }],
  ])
  expect(posts).toEqual([
    { atMs: 1_000, opens: [0] },
    { atMs: 1_001, opens: [1, 2] },
    { atMs: 5_000, opens: [3] },
  ])
  expect(outcome).toBe('stopped')
})

test('a step while playing posts one more row and pauses; earlier steps are not repeated', async () => {
  const { posts } = await replayed(barsFrom(0, 9), { steps: 40 }, [
    [1_500, { steps: 41, state: 'paused' }],
    [8_000, { state: 'playing' }],
    [9_500, { state: 'stopped' }],
  ])
  expect(posts.map(({ atMs, opens }) => [atMs, ...opens])).toEqual([
    [0, 0],
    [1_000, 1],
    [1_500, 2],
    [8_000, 3],
    [9_000, 4],
  ])
})

test('steps past the last row finish the replay', async () => {
  const { answered, outcome } = await replayed(barsFrom(0, 3), { state: 'paused' }, [[10, { steps: 50 }]])
  expect([answered.length, outcome]).toEqual([3, 'finished'])
})

test('seeking the next anomaly posts row by row without waiting, pauses exactly there, and can be repeated', async () => {
  const { posts, steering } = await replayed(
    barsFrom(0, 30),
    { state: 'paused' },
    [
      [1_000, { state: 'playing', until: 'anomaly' }],
      [60_000, { state: 'playing', until: 'anomaly' }],
      [90_000, { state: 'stopped' }],
    ],
    { alarms: [6, 7, 20] },
  )
  expect(posts.map(({ atMs, opens }) => [atMs, ...opens])).toEqual([
    ...[0, 1, 2, 3, 4, 5, 6].map(hour => [1_000, hour]),
    [60_000, 7],
  ])
  expect(steering.current()).toMatchObject({ until: null })
})

test('seeking the next anomaly finishes the replay if there is none', async () => {
  const { answered, outcome, nowMs } = await replayed(barsFrom(0, 12), { until: 'anomaly' })
  expect([answered.length, outcome, nowMs]).toEqual([12, 'finished', 0])
})

test('a pause on the way to the next anomaly stays there', async () => {
  const { posts } = await replayed(
    barsFrom(0, 30),
    { until: 'anomaly' },
    [
      [25, { state: 'paused', until: null }],
      [900, { state: 'stopped' }],
    ],
    { alarms: [20], postMs: 10 },
  )
  expect(posts.map(({ opens }) => opens)).toEqual([[0], [1], [2]])
})

test('past rows are shown at their pace without being posted, and then new rows follow', async () => {
  const { posts, shown } = await replayed(barsFrom(0, 8), { at: openAt(2) }, [[4_500, { state: 'stopped' }]], {
    answered: 6,
  })
  expect(shown).toEqual([
    [0, 3],
    [1_000, 4],
    [2_000, null],
  ])
  expect(posts).toEqual([
    { atMs: 3_000, opens: [6] },
    { atMs: 4_000, opens: [7] },
  ])
})

test('past rows at a high pace make at most ten changes per second, each of several rows', async () => {
  const { shown } = await replayed(barsFrom(0, 500), { at: openAt(0), everyMs: 20 }, [[1_050, { state: 'stopped' }]], {
    answered: 500,
    once: false,
  })
  expect(shown.map(([atMs]) => atMs)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000])
  expect(shown.at(-1)).toEqual([1_000, 51])
})

test('past rows at full speed are shown a hundred at a time', async () => {
  const { shown } = await replayed(barsFrom(0, 250), { at: openAt(0), everyMs: 0 }, [[500, { state: 'stopped' }]], {
    answered: 250,
    once: false,
  })
  expect(shown).toEqual([
    [0, 100],
    [100, 200],
    [200, null],
  ])
})

test('a pause while past rows are shown keeps the position', async () => {
  const { shown, posts } = await replayed(
    barsFrom(0, 9),
    { at: openAt(1), state: 'paused' },
    [
      [5_000, { state: 'playing' }],
      [6_500, { state: 'paused' }],
      [99_000, { state: 'stopped' }],
    ],
    { answered: 8 },
  )
  expect(shown).toEqual([
    [5_000, 2],
    [6_000, 3],
  ])
  expect(posts).toEqual([])
})

test('a seek back at the moment of a step wins over the step', async () => {
  const { steering, shown } = await replayed(barsFrom(0, 9), { at: openAt(5) }, [[9_000, { state: 'stopped' }]], {
    answered: 8,
    overtakenBy: { at: openAt(0), state: 'paused' },
  })
  expect(steering.current().at).toBe(openAt(0))
  expect(shown).toEqual([])
})

test('past rows of a finished replay can be shown again, after which it is finished again', async () => {
  const { outcome, shown, posts, finished } = await replayed(
    barsFrom(0, 4),
    { everyMs: 0 },
    [
      [7_000, { at: openAt(1), state: 'playing', everyMs: 1_000 }],
      [60_000, { state: 'stopped' }],
    ],
    { once: false },
  )
  expect(shown).toEqual([
    [7_000, 2],
    [8_000, null],
  ])
  expect(posts).toEqual([{ atMs: 0, opens: [0, 1, 2, 3] }])
  expect([outcome, finished]).toEqual(['stopped', 2])
})

test('an older copy of the replay that arrives late changes nothing', () => {
  const steering = makeSteering(replayOf({ revision: 3 }))
  steering.apply(replayOf({ revision: 5, state: 'paused' }))
  steering.apply(replayOf({ revision: 4, everyMs: 7 }))
  expect(steering.current()).toEqual(replayOf({ revision: 5, state: 'paused' }))
})

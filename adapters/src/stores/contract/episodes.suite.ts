import { exampleEpisode } from '@candlewatch/core/eval/example-verdict'
import { isoDate } from '@candlewatch/core/interval'
import { closeOf, openOf, type Stream } from '@candlewatch/core/time'
import type { Episode, EpisodeEvent, Step } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'

/** The tests that every store passes for the episodes of commits. `stepOf`: a bar of the n-th hour of 2021, and its verdict. */
export function episodesContract(
  store: () => Store,
  newStream: () => Stream,
  stepOf: (stream: Stream, hour: number) => Step,
): void {
  const closeAt = (stream: Stream, hour: number) => stepOf(stream, hour).bar.ts
  const openAt = (stream: Stream, hour: number) => openOf({ ts: closeAt(stream, hour) }, stream.intervalMs)
  const dateOf = (stream: Stream, hour: number) => isoDate(openAt(stream, hour))

  /** An episode with alarms at these hours, as the last of them left it. */
  function episode(stream: Stream, hours: readonly [number, ...number[]], recovered: number | null = null): Episode {
    const [first] = hours
    return exampleEpisode(stream.market, openAt(stream, first), {
      id: stepOf(stream, first).verdict.id,
      end: dateOf(stream, hours.at(-1) ?? first),
      recovered: recovered === null ? null : dateOf(stream, recovered),
      alarms: hours.length,
      pValue: 0.1 + 0.2,
      size: -1 / 3,
    })
  }

  /** Hours 0 to 19: alarms at 2 and 5, the end at 12, and an alarm at 15. */
  function story(stream: Stream) {
    const events: Readonly<Record<number, readonly EpisodeEvent[]>> = {
      2: [{ kind: 'opened', episode: episode(stream, [2]) }],
      5: [{ kind: 'updated', episode: episode(stream, [2, 5]) }],
      12: [{ kind: 'closed', episode: episode(stream, [2, 5], 11) }],
      15: [{ kind: 'opened', episode: episode(stream, [15]) }],
    }
    const steps = Array.from({ length: 20 }, (_, n) => ({ ...stepOf(stream, n), episodes: events[n] ?? [] }))
    return { steps, episodes: [episode(stream, [2, 5], 11), episode(stream, [15])] }
  }

  const all = (stream: Stream) => ({ ...stream, fromMs: null, toMs: null, limit: 100 })

  describe('episodes', () => {
    test('are stored with the bars that change them, byte for byte, and each change is read with its verdict', async () => {
      const stream = newStream()
      const { steps, episodes } = story(stream)
      await store().commit(stream, steps.slice(0, 10), null)
      expect(await store().episodes(all(stream))).toEqual([episode(stream, [2, 5])])
      await store().commit(stream, steps.slice(10), null)
      expect(JSON.stringify(await store().episodes(all(stream)))).toBe(JSON.stringify(episodes))
      const told = await store().verdictsAfter(stream, 0, 100)
      expect(told.map(row => row.episodes)).toEqual(steps.map(step => step.episodes))
    })

    test('a repeated commit fails and does not undo what came after it', async () => {
      const stream = newStream()
      const { steps, episodes } = story(stream)
      await store().commit(stream, steps, null)
      await expect(store().commit(stream, steps.slice(0, 4), null)).rejects.toMatchObject({ code: 'ERR_STEP_NOT_NEW' })
      expect(await store().episodes(all(stream))).toEqual(episodes)
    })

    test('of a range are those with a bar in it, complete; a limit keeps the newest', async () => {
      const stream = newStream()
      const { steps, episodes } = story(stream)
      await store().commit(stream, steps, null)
      const range = (from: number, to: number) => ({
        ...all(stream),
        fromMs: openAt(stream, from),
        toMs: openAt(stream, to),
      })
      expect(await store().episodes(range(5, 15))).toEqual([episodes[0]])
      expect(await store().episodes(range(6, 15))).toEqual([])
      expect(await store().episodes(range(0, 16))).toEqual(episodes)
      expect(await store().episodes({ ...all(stream), limit: 1 })).toEqual([episodes[1]])
      expect(await store().episodes({ ...all(stream), limit: 0 })).toEqual([])
      expect(await store().episodes(all(newStream()))).toEqual([])
    })

    test('after the bar of a correction are removed, and the episode before it is restored to what it was', async () => {
      const stream = newStream()
      const { steps } = story(stream)
      await store().commit(stream, steps, null)
      const bar = { ...stepOf(stream, 5).bar, close: 123 }
      const before = closeOf(openAt(stream, 4), stream.intervalMs)
      const again = Array.from({ length: 15 }, (_, i) => stepOf(stream, 5 + i))
      const [corrected, ...later] = again
      const closed = { kind: 'closed' as const, episode: episode(stream, [2], 8) }
      await store().correct(stream, {
        kind: 'changed',
        bars: [bar],
        reason: 'a wrong close',
        at: bar.seen,
        steps: [{ ...corrected, bar } as Step, ...later].map((step, i) => ({
          ...step,
          episodes: i === 4 ? [closed] : [],
        })),
        episodeBefore: episode(stream, [2]),
        snapshot: { ...stream, model: 'a@1', ts: closeAt(stream, 19), state: Uint8Array.of(1) },
        beginning: { ...stream, model: 'a@1', ts: before, engine: 7, learned: null, state: null },
        yearStarts: [],
        known: { ...stream, model: 'a@1', ts: before, scores: new Uint8Array() },
      })
      expect(await store().episodes(all(stream))).toEqual([closed.episode])
    })

    test('are removed with their stream', async () => {
      const stream = newStream()
      await store().commit(stream, story(stream).steps, null)
      await store().forget(stream)
      expect(await store().episodes(all(stream))).toEqual([])
    })
  })
}

import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { EpisodeAnswer as Episode, FaultAnswer as Fault } from '@candlewatch/api/episode'
import { EpisodeTracker } from '@candlewatch/core/decide/episodes'
import { exampleVerdict } from '@candlewatch/core/eval/example-verdict'
import { isoDate } from '@candlewatch/core/interval'
import type { Step } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { barAt, btc, jsonOf, serving } from '../serving.suite.ts'

/** Bars 0 to 29; those named alarm, or follow a gap. */
function steps(pValues: Readonly<Record<number, number>>, gaps: readonly number[] = []): Step[] {
  const tracker = new EpisodeTracker()
  const judged = Array.from({ length: 30 }, (_, n) => {
    const bar = barAt(n)
    const pValue = pValues[n] ?? 0.5
    const alarm = n in pValues
    const verdict = exampleVerdict(bar, {
      id: `bar ${n}`,
      status: alarm ? 'anomaly' : 'normal',
      isAnomaly: alarm,
      pValue,
      reason: { code: 'stored-text', text: `bar ${n}` },
      severity: alarm ? 'high' : null,
      lane: alarm ? 'market' : null,
      ...(gaps.includes(n) ? { status: 'feed-fault', pValue: null, fault: { kind: 'gap' } } : {}),
    })
    return { bar, verdict }
  })
  return judged.map(step => ({ ...step, episodes: tracker.next(step.verdict) }))
}

async function episodesOf(pValues: Readonly<Record<number, number>>, query = '') {
  const store = memoryStore()
  await store.commit(btc, steps(pValues), null)
  const { get } = await serving({ store })
  return jsonOf<{ episodes: Episode[]; nextCursor: string | null }>(get(`/api/episodes${query}`))
}

test('/api/episodes joins alarms that belong together, with start, peak, end and recovery', async () => {
  const { episodes, nextCursor } = await episodesOf({ 3: 0.004, 5: 0.001, 20: 0.002 })
  expect(nextCursor).toBeNull()
  expect(episodes).toMatchObject([
    { id: 'bar 3', alarms: 2, pValue: 0.001, because: 'bar 5', lane: 'market', severity: 'high' },
    { id: 'bar 20', alarms: 1, pValue: 0.002 },
  ])
  const hours = (a: string, b: string) => (Date.parse(b) - Date.parse(a)) / 3_600_000
  const [first, second] = episodes as [Episode, Episode]
  expect([hours(first.start, first.peak), hours(first.start, first.end)]).toEqual([2, 2])
  expect([first, second].map(({ end, recovered }) => hours(end, recovered as string))).toEqual([6, 6])
})

test('/api/episodes has no recovery for an episode that may continue, and an empty list without episodes', async () => {
  expect((await episodesOf({ 27: 0.001 })).episodes).toMatchObject([{ id: 'bar 27', recovered: null }])
  expect(await episodesOf({})).toEqual({ episodes: [], nextCursor: null })
})

test('/api/episodes with a limit returns a cursor; a bad range is a problem that names the field', async () => {
  const { episodes, nextCursor } = await episodesOf({ 1: 0.001, 12: 0.001, 25: 0.001 }, '?limit=2')
  expect(episodes.map(({ id }) => id)).toEqual(['bar 12', 'bar 25'])
  expect(nextCursor).not.toBeNull()
  expect(await episodesOf({}, '?limit=0')).toMatchObject({ status: 400, code: 'ERR_QUERY_INVALID' })
})

test('/api/faults returns the feed faults in the form of episodes, and a cursor to the older ones', async () => {
  const store = memoryStore()
  await store.commit(btc, steps({ 3: 0.004 }, [5, 8, 21]), null)
  const { get } = await serving({ store })
  const page = await jsonOf<{ faults: Fault[]; nextCursor: string | null }>(get('/api/faults?limit=2'))
  const of = { market: 'bitstamp:BTC-USD', interval: '1h', type: 'gap', pValue: null }
  const [eight, later] = [barAt(8), barAt(21)].map(({ ts }) => isoDate(ts - btc.intervalMs))
  expect(page.faults).toEqual([
    { ...of, id: 'bar 8', date: eight, size: null, seenBy: 0, detectors: 0, ...because('bar 8') },
    { ...of, id: 'bar 21', date: later, size: null, seenBy: 0, detectors: 0, ...because('bar 21') },
  ])
  const older = await jsonOf<typeof page>(get(`/api/faults?limit=2&cursor=${page.nextCursor}`))
  expect(older).toMatchObject({ faults: [{ id: 'bar 5' }], nextCursor: null })
  expect(await jsonOf(get('/api/faults?from=then'))).toMatchObject({ status: 400, field: 'from' })
})

const because = (text: string) => ({ reason: { code: 'stored-text', text }, because: text })

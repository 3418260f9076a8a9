import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { ReplayChange } from '@candlewatch/api/replays'
import { isoDate } from '@candlewatch/core/interval'
import type { Ms, Replay } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { fakePipeline } from '../judging/fake-pipeline.suite.ts'
import { barAt, btc, hourMs, startMs } from '../serving.suite.ts'
import { steer } from './steer.ts'

const open = (hour: number) => (startMs + hour * hourMs) as Ms
const date = (hour: number) => isoDate(open(hour))

const playing: Replay = {
  id: 'r',
  market: btc.market,
  interval: '1h',
  source: { kind: 'csv', name: 'rows.csv' },
  from: date(10),
  to: date(99),
  state: 'playing',
  everyMs: 1_000,
  seek: null,
  steps: 4,
  until: null,
  at: null,
  revision: 7,
}

/** Hours 0 to 9 warmed up, those to 49 were judged, but for a gap of two; 20 and 49 are anomalies, 30 is a fault. */
async function past() {
  const store = memoryStore()
  const pipeline = fakePipeline(btc)
  const hours = Array.from({ length: 40 }, (_, i) => 10 + i).filter(hour => hour !== 40 && hour !== 41)
  const steps = hours.map(hour => {
    const verdict = pipeline.step(barAt(hour))
    if (hour === 30) return { bar: barAt(hour), verdict: { ...verdict, status: 'feed-fault' as const }, episodes: [] }
    if (hour !== 20 && hour !== 49) return { bar: barAt(hour), verdict, episodes: [] }
    return { bar: barAt(hour), verdict: { ...verdict, status: 'anomaly' as const, isAnomaly: true }, episodes: [] }
  })
  await store.appendWarmUp(
    btc,
    Array.from({ length: 10 }, (_, hour) => barAt(hour)),
  )
  await store.commit(btc, steps, null)
  return store
}

/** Returns the fields of the replay that a change sets; the revision, which always counts, is left out. */
async function after(replay: Partial<Replay>, change: ReplayChange): Promise<Partial<Replay>> {
  const before = { ...playing, ...replay }
  const next = await steer(before, change, await past())
  const changed = Object.entries(next).filter(([name, value]) => value !== before[name as keyof Replay])
  expect(next.revision).toBe(changed.length > 0 ? before.revision + 1 : before.revision)
  const { revision, ...rest } = Object.fromEntries(changed)
  return rest
}

const finished: Partial<Replay> = { state: 'finished', to: date(49) }
const watching: Partial<Replay> = { state: 'paused', at: date(25) }

test.each<[string, Partial<Replay>, ReplayChange, Partial<Replay>]>([
  ['paused', {}, { state: 'paused' }, { state: 'paused' }],
  ['the same again', {}, { state: 'playing', everyMs: 1_000 }, {}],
  ['stopped: hides nothing', watching, { state: 'stopped' }, { state: 'stopped', at: null }],

  ['a seek ahead of the newest bar', {}, { seek: open(60) }, { seek: date(60) }],
  ['a seek to the end: the last row is posted too', {}, { seek: open(100) }, { seek: date(100) }],
  ['a seek back: the newest in sight is the bar before', {}, { seek: open(20) }, { at: date(19) }],
  ['a seek back to what comes after a gap', {}, { seek: open(42) }, { at: date(39) }],
  ['a seek to the first row: what warmed up is in sight', {}, { seek: open(10) }, { at: date(9) }],
  ['a seek back from a seek ahead', { seek: date(60) }, { seek: open(20) }, { seek: null, at: date(19) }],
  ['a seek ahead while watching again', watching, { seek: open(60) }, { seek: date(60), at: null }],
  ['a seek to the newest bar while watching again', watching, { seek: open(50) }, { seek: date(50), at: null }],

  ['a step on', {}, { step: 1 }, { state: 'paused', steps: 5 }],
  [
    'a step on while it catches up: no further than that',
    { seek: date(60) },
    { step: 2 },
    { state: 'paused', steps: 6, seek: null },
  ],
  ['a step on while watching again', watching, { step: 3 }, { at: date(28) }],
  ['a step over a gap', { ...watching, at: date(39) }, { step: 1 }, { at: date(42) }],
  ['a step to the newest bar', { ...watching, at: date(48) }, { step: 1 }, { at: null }],
  ['steps past the newest bar: the rest is posted', { ...watching, at: date(47) }, { step: 5 }, { at: null, steps: 7 }],
  ['a step back', {}, { step: -1 }, { state: 'paused', at: date(48) }],
  ['a step back while watching again', watching, { step: -2 }, { at: date(23) }],
  ['a step back over a gap', { ...watching, at: date(42) }, { step: -1 }, { at: date(39) }],
  ['steps back past the first row: no further than that', watching, { step: -99 }, { at: date(10) }],
  ['a step back from the first row', { ...watching, at: date(10) }, { step: -1 }, {}],

  ['on to the next anomaly', { state: 'paused' }, { until: 'anomaly' }, { state: 'playing', until: 'anomaly' }],
  ['arrived at it', { until: 'anomaly' }, { until: null }, { state: 'paused', until: null }],
  ['arrived at it, but it was called off', {}, { until: null }, {}],
  ['paused on the way to a date', { seek: date(60) }, { state: 'paused' }, { state: 'paused', seek: null }],
  ['paused, and sent to a date', {}, { state: 'paused', seek: open(60) }, { state: 'paused', seek: date(60) }],
  ['paused on the way to it', { until: 'anomaly' }, { state: 'paused' }, { state: 'paused', until: null }],
  ['played on the way to it', { until: 'anomaly' }, { state: 'playing' }, { until: null }],
  ['a seek on the way to it', { until: 'anomaly' }, { seek: open(20) }, { until: null, at: date(19) }],
  ['the next anomaly while watching again', { ...watching, at: date(12) }, { until: 'anomaly' }, { at: date(20) }],
  [
    'from an anomaly to a fault',
    { state: 'playing', at: date(20) },
    { until: 'anomaly' },
    { state: 'paused', at: date(30) },
  ],
  ['the next anomaly is the newest bar', { ...watching, at: date(30) }, { until: 'anomaly' }, { at: null }],

  ['shown further', { at: date(25) }, { at: open(26), revision: 7 }, { at: date(26) }],
  ['shown further, but it was sought elsewhere meanwhile', { at: date(12) }, { at: open(26), revision: 6 }, {}],
  ['shown to the newest bar', watching, { at: open(49) }, { at: null }],
  ['back to the newest', watching, { at: null }, { at: null }],

  [
    'finished',
    { seek: date(60), until: 'anomaly' },
    { state: 'finished' },
    { state: 'finished', seek: null, until: null },
  ],
  ['finished, sped up', finished, { everyMs: 5 }, { everyMs: 5 }],
  ['finished, a seek back', finished, { seek: open(20) }, { state: 'paused', at: date(19) }],
  [
    'finished, watched from the start',
    finished,
    { seek: open(10), state: 'playing' },
    { state: 'playing', at: date(9) },
  ],
  ['finished, a step back', finished, { step: -1 }, { state: 'paused', at: date(48) }],
  ['finished, a seek to the end', finished, { seek: open(50) }, {}],
])('%s', async (_name, replay, change, changed) => {
  expect(await after(replay, change)).toEqual(changed)
})

test('the next rows are played if no judged bar has an anomaly', async () => {
  const store = await past()
  const none = { ...store, alarmAfter: async () => null }
  expect(await steer({ ...playing, ...watching }, { until: 'anomaly' }, none)).toEqual({
    ...playing,
    state: 'playing',
    until: 'anomaly',
    revision: 8,
  })
})

test.each<[string, Partial<Replay>, ReplayChange]>([
  ['finished', finished, { state: 'playing' }],
  ['finished', finished, { step: 1 }],
  ['finished', finished, { until: 'anomaly' }],
  ['stopped', { state: 'stopped' }, { state: 'playing' }],
  ['stopped', { state: 'stopped' }, { everyMs: 5 }],
  ['stopped', { state: 'stopped' }, { seek: open(20) }],
  ['stopped', { state: 'stopped' }, { step: -1 }],
])('a change of a replay that is %s is refused', async (_state, replay, change) => {
  await expect(steer({ ...playing, ...replay }, change, await past())).rejects.toMatchObject({
    code: 'ERR_REPLAY_OVER',
  })
})

test.each<[string, ReplayChange]>([
  ['seek', { seek: open(9) }],
  ['seek', { seek: open(101) }],
  ['at', { at: open(9) }],
])('a date outside the rows is refused at %s', async (field, change) => {
  await expect(steer(playing, change, await past())).rejects.toMatchObject({ code: 'ERR_REPLAY_INVALID', field })
})

test('before the first verdict, steps and seeks apply to the next rows', async () => {
  const empty = memoryStore()
  expect(await steer(playing, { step: 2 }, empty)).toMatchObject({ state: 'paused', steps: 6, at: null })
  expect(await steer(playing, { step: -2 }, empty)).toMatchObject({ state: 'paused', steps: 4, at: null })
  expect(await steer(playing, { seek: open(20) }, empty)).toMatchObject({ seek: date(20), at: null })
})

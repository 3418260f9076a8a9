import type { KnownScores } from '@candlewatch/adapters/stores/budgets'
import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Rehearsal } from '@candlewatch/api/budget'
import { mergeWindow } from '@candlewatch/core/decide/merge-window'
import { ScoreHistory } from '@candlewatch/core/engine/score-history'
import { isoDate } from '@candlewatch/core/interval'
import { pack } from '@candlewatch/core/state/pack'
import { makeRng } from '@candlewatch/core/stats/rng'
import type { Ms, Step, Verdict } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { fakePipeline } from '../judging/fake-pipeline.suite.ts'
import { barAt, btc, hourMs, jsonOf, serving, startMs } from '../serving.suite.ts'

const bars = 1_000
const rng = makeRng(3)
const scores = Array.from({ length: 3_000 + bars }, () => Number(Math.exp(rng.normal()).toPrecision(6)))
/** What a judge knows of the first 3,000 scores. */
function known(): Uint8Array {
  return new ScoreHistory(
    { alarmsPerWeek: 1, intervalMs: hourMs, mergeMs: mergeWindow(1) },
    scores.slice(0, 3_000),
  ).save()
}

/** The verdicts of an engine on these scores with its own budget. */
function steps(alarmsPerWeek: number): Step[] {
  const mergeMs = mergeWindow(alarmsPerWeek)
  const past = new ScoreHistory({ alarmsPerWeek: 0.9 * alarmsPerWeek, intervalMs: hourMs, mergeMs })
  past.load(known())
  const pipeline = fakePipeline(btc)
  return scores.slice(3_000).map((score, i) => {
    const bar = barAt(i)
    const isAnomaly = score >= past.threshold!
    past.learn(score, bar.ts)
    const said = { status: isAnomaly ? 'anomaly' : 'normal', isAnomaly, lane: isAnomaly ? 'market' : null } as const
    const verdict: Verdict = {
      ...pipeline.step(bar),
      ...said,
      severity: isAnomaly ? 'low' : null,
      alarmsPerWeek,
      mergeMs,
      detectors: (['residual', 'naive-residual'] as const).map(id => ({ id, score, pValue: 0.5, share: 0 })),
      skill: { by: 'model', bars: 720, modelPercent: 1, naivePercent: 1, reason: { code: 'few-errors', bars: 720 } },
    }
    return { bar, verdict, episodes: [] }
  })
}

async function served(alarmsPerWeek: number, beginning: Partial<KnownScores> = {}) {
  const store = memoryStore()
  await store.commit(btc, steps(alarmsPerWeek), null)
  await store.saveKnownScores({
    ...btc,
    model: 'fake@1',
    ts: startMs as Ms,
    scores: pack([known(), known()]),
    ...beginning,
  })
  const { get } = await serving({ store })
  return (query: string) => jsonOf<Rehearsal>(get(`/api/rehearsal?${query}`))
}

test('the current budget gives every alarm as it was stored, with none added and none removed', async () => {
  const rehearse = await served(2)
  const found = await rehearse('alarmsPerWeek=2')
  expect(found).toMatchObject({ bars, promised: 11.9, appearing: [], vanishing: [] })
  expect(found.exactness).toMatchObject({ bars, differing: 0 })
  expect(found.now.episodes).toBeGreaterThan(5)
  expect(found.rehearsed).toEqual(found.now)
  expect(found.staying).toBe(found.now.episodes)
})

test('another budget gives the alarms that the engine would have raised under it, with those added and those removed', async () => {
  const [one, four] = [await served(1), await served(4)]
  const [more, fewer] = [await one('alarmsPerWeek=4'), await four('alarmsPerWeek=1')]
  expect(more.rehearsed).toEqual(fewer.now)
  expect(fewer.rehearsed).toEqual(more.now)
  expect(more.appearing.map(episode => episode.start)).toEqual(fewer.vanishing.map(episode => episode.start))
  expect(more.appearing.length).toBeGreaterThan(5)
  expect(more.vanishing).toEqual([])
})

test('the levels of a range come from the bars before it, and its bounds are those of other routes', async () => {
  const rehearse = await served(2)
  const [from, to] = [isoDate(startMs + 500 * hourMs), isoDate(startMs + 900 * hourMs)]
  const found = await rehearse(`alarmsPerWeek=2&from=${from}&to=${to}`)
  expect(found).toMatchObject({ bars: 400, from, to: isoDate(startMs + 899 * hourMs) })
  expect(found.exactness.differing).toBe(0)
  const all = await rehearse('alarmsPerWeek=2')
  expect(found.now.episodes).toBeLessThan(all.now.episodes)
})

test('where the first scores are not known, it says how many bars differ', async () => {
  const rehearse = await served(2, { model: 'other@1' })
  const { exactness } = await rehearse('alarmsPerWeek=2')
  expect(exactness.differing).toBeGreaterThan(0)
  expect(exactness.because).toContain(`${exactness.differing} of ${bars} bars`)
})

test('without bars the answer is empty, and not an error', async () => {
  const { get } = await serving()
  expect(await jsonOf(get('/api/rehearsal?alarmsPerWeek=2&market=a:B'))).toMatchObject({
    bars: 0,
    from: null,
    to: null,
    promised: 0,
    now: { episodes: 0, perWeek: 0 },
    appearing: [],
  })
})

test.each([
  ['', 'alarmsPerWeek'],
  ['alarmsPerWeek=', 'alarmsPerWeek'],
  ['alarmsPerWeek=many', 'alarmsPerWeek'],
  ['alarmsPerWeek=-1', 'alarmsPerWeek'],
  ['alarmsPerWeek=1e9', 'alarmsPerWeek'],
  ['alarmsPerWeek=1&from=yesterday', 'from'],
  ['alarmsPerWeek=1&interval=5', 'interval'],
  ['alarmsPerWeek=1&from=2021-02-01&to=2021-01-01', 'to'],
])('/api/rehearsal?%s is answered with 400 at %s', async (query, field) => {
  const { get } = await serving()
  const found = await jsonOf(get(`/api/rehearsal?${query}`))
  expect(found).toMatchObject({ status: 400, code: 'ERR_QUERY_INVALID', field })
})

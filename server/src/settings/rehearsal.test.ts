import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import type { Model } from '@candlewatch/core/forecast/artifact'
import { makeRng } from '@candlewatch/core/stats/rng'
import type { Bar, Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { makeLive } from '../judging/live.ts'
import { makeLog } from '../platform/log.ts'
import { barAt, btc } from '../serving.suite.ts'
import { makeRehearsal } from './rehearsal.ts'
import { openSettings } from './settings.ts'

/** Always forecasts the same in units of its scale, and knows no score yet. */
function steadyModel(version: string): Model {
  const wing = [0, 0.05, 0.25, 0.4, 0.7, 1.2, 2]
  const body = [-2, -1, -0.3, 0, 0.3, 1, 2]
  const scaled = { up: wing, down: wing, close: body, range: [0.2, 0.4, 0.6, 0.9, 1.2, 2, 3], volume: body }
  const scores = Array.from({ length: 300 }, (_, i) => ((i * 617) % 300) / 100)
  return {
    name: 'steady',
    version,
    forecaster: { lookback: 4, predict: () => scaled },
    naive: { up: 0.4, down: 0.4 },
    seasonByHour: Array.from({ length: 24 }, () => 1),
    calibration: {
      model: { residualOverScale: 0.4, residual: scores },
      naive: { residualOverScale: 0.4, residual: scores },
      intervals: { model: { up: [], down: [] }, naive: { up: [], down: [] } },
      feed: [],
    },
  }
}

function market(count: number): Bar[] {
  const rng = makeRng(8)
  let close = 30_000
  return Array.from({ length: count }, (_, hour) => {
    const open = close
    const moves = Array.from({ length: 6 }, () => (close *= Math.exp(0.003 * rng.normal())))
    return {
      ...barAt(hour),
      open,
      high: Math.max(open, ...moves),
      low: Math.min(open, ...moves),
      close,
      volume: 100 + 50 * rng.uniform(),
    }
  })
}

test('every stored alarm is found again after a warm-up, changes of budget and model, and restarts', async () => {
  const store = memoryStore()
  const bars = market(1_500)
  await store.appendWarmUp(btc, bars.slice(0, 400))
  const parts = { store, changed() {}, clock: { now: () => 0 as Ms }, log: makeLog('silent') }
  const settings = await openSettings(parts)
  const budget = () => settings.budgetOf(btc)
  let version = '1'
  const currentModel = () => ({
    id: `steady@${version}`,
    makePipeline: () => makePipeline({ ...btc, ...budget() }, steadyModel(version)),
  })
  const answer = async (from: number, to: number) => {
    // A process of its own each time: it comes back from the store.
    const live = makeLive({ store, commits: store, currentModel, budget, publish() {} })
    await live.answer(btc, bars.slice(from, to))
  }
  await answer(400, 700)
  await settings.changeGeneral({ alarmsPerWeek: 4, note: '' })
  await answer(700, 900)
  version = '2'
  await answer(900, 1_000)
  version = '1'
  await answer(1_000, 1_200)
  await answer(1_200, 1_500)

  const rehearse = makeRehearsal(store, settings)
  const found = await rehearse({ ...btc, fromMs: null, toMs: null, alarmsPerWeek: 4 })
  expect(found.exactness).toMatchObject({ bars: 1_100, differing: 0 })
  expect(found.now.episodes).toBeGreaterThan(8)
  expect(found.rehearsed.episodes).toBeGreaterThanOrEqual(found.now.episodes)
  expect(await store.knownScores(btc, Number.MAX_SAFE_INTEGER as Ms, 10)).toHaveLength(3)
})

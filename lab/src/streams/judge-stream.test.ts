import type { Model } from '@candlewatch/core/forecast/artifact'
import { openOf } from '@candlewatch/core/time'
import type { Series } from '@candlewatch/core/types'
import { describe, expect, it } from 'vitest'
import { steadyModel, syntheticHours } from '../report/rehearsal.suite.ts'
import { judgeStream } from './judge-stream.ts'
import { sharedModel } from './shared-model.ts'

const series = syntheticHours(2_400)
const all = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }
const from = openOf(series.bars[600]!, series.intervalMs)

describe('judging a stream', () => {
  it('engines side by side bring what each brings by itself', async () => {
    const options = { range: { ...all, from }, alarmsPerWeek: 1 }
    const { figures } = await judgeStream(series, steadyModel(), { ...options, budgets: [1, 10] })
    expect(figures.budgets.map(({ promisedPerWeek }) => promisedPerWeek)).toEqual([1, 10])
    for (const found of figures.budgets) {
      const alarmsPerWeek = found.promisedPerWeek
      const alone = await judgeStream(series, steadyModel(), { ...options, alarmsPerWeek, budgets: [alarmsPerWeek] })
      expect(alone.figures.budgets).toEqual([found])
    }
    const sum = figures.alarmsPerWeek + figures.suspiciousPerWeek
    expect(figures.budgets[0]?.realisedPerWeek).toBeCloseTo(sum, 12)
  })

  it('rows before the range warm up; a stream without them is counted from where an engine has to be warm', async () => {
    const options = { alarmsPerWeek: 1, budgets: [1] }
    const { figures, trace } = await judgeStream(series, steadyModel(), { range: { ...all, from }, ...options })
    expect(figures).toMatchObject({ levels: { checked: 1_800, broken: 0 } })
    expect(figures).toMatchObject({ bars: 1_800, warmUpBars: 0, judgedShare: 1, interval: '1h', model: 'steady@1' })
    expect(figures.high).toMatchObject({ rows: 1_800, openingCoverage90: null })
    expect([trace.ts.length, trace.first]).toEqual([1_800 + 600, series.bars[600]!.ts])
    const fresh = await judgeStream(series, steadyModel(), { range: all, ...options })
    expect(fresh.figures).toMatchObject({ bars: 2_400, warmUpBars: 200, judgedShare: 1 })
    expect(fresh.figures.high?.rows).toBe(2_200)
  })

  it('missing rows are faults of their kind a week, and no bar that was judged', async () => {
    const bars = series.bars.filter((_, i) => i !== 1_000 && i !== 1_500)
    const holed: Series = { ...series, bars }
    const options = { range: { ...all, from }, alarmsPerWeek: 1, budgets: [] }
    const { figures } = await judgeStream(holed, steadyModel(), options)
    expect(figures.faultsPerWeek.gap).toBeCloseTo(2 / (1_800 / 168), 12)
    expect(figures.judgedShare).toBeCloseTo(1 - 2 / 1_798, 12)
  })

  it('a range without rows names those that there are', async () => {
    const judged = judgeStream(series, steadyModel(), { range: { from: 0, to: 1 }, alarmsPerWeek: 1, budgets: [] })
    await expect(judged).rejects.toMatchObject({ code: 'ERR_RANGE_EMPTY' })
  })
})

describe('shared forecasts', () => {
  it('are made once for equal pasts, and anew for any other', () => {
    const pasts: number[] = []
    const model: Model = steadyModel()
    const { forecaster } = sharedModel({
      ...model,
      forecaster: {
        lookback: 4,
        predict(past) {
          pasts.push(past[0] ?? Number.NaN)
          return model.forecaster.predict(past)
        },
      },
    })
    const past = Float32Array.of(1, 2)
    for (const one of [past, Float32Array.of(1, 2), Float32Array.of(1, 3)]) forecaster.predict(one)
    past[0] = 7
    forecaster.predict(past)
    expect(pasts).toEqual([1, 1, 7])
  })
})

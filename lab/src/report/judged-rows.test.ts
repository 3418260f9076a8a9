import type { Bar } from '@candlewatch/core/types'
import { describe, expect, it } from 'vitest'
import { judgeRows } from './judged-rows.ts'
import { steadyModel, syntheticHours } from './rehearsal.suite.ts'

const series = syntheticHours(400)
const openOf = (index: number) => (series.bars[index] as Bar).ts - series.intervalMs

describe('judged rows', () => {
  it('rows from the first open to before the last have the forecast of the bars before them', async () => {
    const { rows, unjudged } = await judgeRows(series, steadyModel(), { from: openOf(300), to: openOf(350) })
    expect(unjudged).toBe(0)
    expect(rows.map(row => row.openMs)).toEqual(Array.from({ length: 50 }, (_, i) => openOf(300 + i)))
    rows.forEach((row, i) => {
      const [last, bar] = [series.bars[299 + i] as Bar, series.bars[300 + i] as Bar]
      expect(row.high).toMatchObject({ actual: bar.high, expected: { lastHighLow: last.high, lastClose: last.close } })
      expect(row.low).toMatchObject({ actual: bar.low, expected: { lastHighLow: last.low, lastClose: last.close } })
      const ids = ['engine', 'model', 'naive', 'scaledMove', 'trailingMedian', 'lastHighLow', 'lastClose']
      expect(Object.keys(row.high.expected)).toEqual(ids)
      expect(row.high.expected.engine).toBe(row.high.expected[row.by])
    })
  })

  it('later rows do not change earlier forecasts', async () => {
    const range = { from: openOf(200), to: openOf(250) }
    const cut = { ...series, bars: series.bars.slice(0, 250) }
    expect(await judgeRows(series, steadyModel(), range)).toEqual(await judgeRows(cut, steadyModel(), range))
  })

  it('a forecaster is left out if there are too few rows before the range to fit its factor', async () => {
    const { rows } = await judgeRows(series, steadyModel(), { from: openOf(50), to: openOf(60) })
    expect(rows[0]?.high.expected).not.toHaveProperty('scaledMove')
    expect(rows[0]?.high.expected).toHaveProperty('trailingMedian')
  })

  it('bars after a gap have no forecast and are counted', async () => {
    const gapped = { ...series, bars: series.bars.filter((_, i) => i !== 305) }
    const { rows, unjudged } = await judgeRows(gapped, steadyModel(), { from: openOf(300), to: openOf(310) })
    expect(rows).toHaveLength(8)
    expect(unjudged).toBe(1)
  })

  it('progress reaches the number of rows', async () => {
    const steps: [number, number][] = []
    await judgeRows(
      series,
      steadyModel(),
      { from: openOf(150), to: openOf(300) },
      {
        onProgress: (...step) => steps.push(step),
      },
    )
    expect(steps).toEqual([[100, 150], [150, 150]]) // biome-ignore format: pairs
  })

  it('the error about a range without rows says what the file contains', async () => {
    const failure = judgeRows(series, steadyModel(), { from: Date.UTC(2022, 0, 1), to: Number.POSITIVE_INFINITY })
    await expect(failure).rejects.toMatchObject({
      code: 'ERR_RANGE_EMPTY',
      message: expect.stringContaining('it holds 2021-01-01T00:00:00Z to 2021-01-17T15:00:00Z'),
    })
  })

  it('a range of warm-up rows only is refused', async () => {
    const failure = judgeRows(series, steadyModel(), { from: openOf(0), to: openOf(4) })
    await expect(failure).rejects.toMatchObject({ code: 'ERR_CSV_EMPTY' })
  })
})

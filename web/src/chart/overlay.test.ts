import type { Ms } from '@candlewatch/api/units'
import { expect, test } from 'vitest'
import { anomaly, at, candle, episode, fault, feedFault, hourMs, rehearsal } from '../state/example.suite.ts'
import { initialState } from '../state/state.ts'
import { episodeBands, ghosts, marksOfCandles, peaksOf } from './overlay.ts'
import { palette } from './palette.suite.ts'

test('an episode is marked only at its peak; a fault, and an alarm without an episode, are marked too', () => {
  const alarms = [candle(1, anomaly), candle(2, anomaly), candle(3, feedFault), candle(40, anomaly)]
  expect(peaksOf(alarms, [episode(1, 2, 2)]).map(one => one.at)).toEqual([at(2), at(3), at(40)])
})

test('an episode of three hours is a band three hours wide', () => {
  const [band] = episodeBands([episode(1, 2, 3)], [at(0), at(10)], [at(0), at(10)], hourMs, palette)
  expect(band).toMatchObject({ x0: at(0.5), x1: at(3.5), yref: 'paper', fillcolor: 'critical' })
})

test('a rehearsal draws a ring where an episode would be added, a cross where one would be removed', () => {
  const { x, marker } = ghosts(
    rehearsal({ appearing: [episode(1, 1, 1)], vanishing: [episode(3, 3, 3)] }),
    [1, 2, 3].map(hour => candle(hour, {})),
    [],
    1,
    palette,
  ) as unknown as { x: number[]; marker: { symbol: string[] } }
  expect(x).toEqual([at(1), at(3)])
  expect(marker.symbol).toEqual(['circle-open', 'x-thin-open'])
})

test('on candles of a day before those in memory, the most severe episode of each is marked, below it for a fall', () => {
  const days = [0, 24, 48].map(hour => ({ ...candle(hour, {}), verdict: null }))
  const series = { candles: days.slice(2), alarms: [] }
  const state = {
    ...initialState,
    series: { ...initialState.series, candles: series.candles },
    episodes: [episode(1, 2, 2), { ...episode(26, 26, 26), severity: 'low' as const, size: 0.1 }, episode(50, 50, 50)],
    faults: [fault(3), fault(70)],
  }
  const coarse = { candles: days, widthMs: (24 * hourMs) as Ms }
  const marked = marksOfCandles(state, { range: [at(0), at(72)], series, coarse }, [at(0), at(72)], 1)
  expect(marked.map(({ at, kind, price }) => [at, kind, price])).toEqual([
    [at(2), 'critical', 89],
    [at(26), 'low', 111],
  ])
})

import { isoDate } from '@candlewatch/core/interval'
import { expect, test } from 'vitest'
import { anomaly, at, episode, fault, marketRow, rehearsal, replay, verdict } from './example.suite.ts'
import { type PageEvent, reduce } from './reduce.ts'
import { makeReplayView } from './replay-view.ts'
import { initialState, type State } from './state.ts'

const replayView = makeReplayView()

/** Two days; hours 10, 12 and 13 are anomalies of one episode, 13 is the worst; it was over at hour 19. */
const verdicts = Array.from({ length: 48 }, (_, hour) => {
  if (![10, 12, 13].includes(hour)) return verdict(hour)
  const pValue = hour === 13 ? 0.001 : 0.005
  const severity = hour === 13 ? 'critical' : 'low'
  return verdict(hour, { ...anomaly, severity, pValue, ...fell(hour) })
})
const past = episode(10, 13, 13)

function watching(hour: number | null, ...events: PageEvent[]): State {
  const shown = replay({ at: hour === null ? null : isoDate(at(hour)) })
  return [
    { kind: 'market', markets: [marketRow], market: marketRow },
    { kind: 'rows', bars: [], verdicts },
    { kind: 'episodes', episodes: [past], from: null },
    { kind: 'faults', faults: [fault(5), fault(12), fault(13)], from: null },
    { kind: 'replay', replay: shown },
    ...events,
  ].reduce<State>((state, event) => reduce(state, event as PageEvent), initialState)
}

test('the state stays the same object while no past bars are shown', () => {
  const state = watching(null)
  expect(replayView(state)).toBe(state)
})

test('a replay of another market hides nothing here', () => {
  const state = watching(null, { kind: 'replay', replay: replay({ market: 'kraken:BTC-EUR', at: isoDate(at(5)) }) })
  expect(replayView(state)).toBe(state)
})

test('candles, alarms, faults and counts after the replay position are hidden', () => {
  const { series, faults } = replayView(watching(12))
  expect(series.candles.at(-1)?.at).toBe(at(12))
  expect(series.alarms.map(alarm => alarm.at)).toEqual([at(10), at(12)])
  expect(faults).toEqual([fault(5), fault(12)])
  expect(series.tally).toMatchObject({ judged: 13, anomalies: 2 })
})

test.each([
  ['before it', 9, []],
  ['at its first alarm', 10, [{ end: 10, peak: 10, alarms: 1, severity: 'low', because: 'Fell at 10.' }]],
  ['within it', 11, [{ end: 10, peak: 10, alarms: 1, severity: 'low', because: 'Fell at 10.' }]],
  ['as it goes on', 12, [{ end: 12, peak: 10, alarms: 2, severity: 'low', because: 'Fell at 10.' }]],
  ['at its peak', 13, [{ end: 13, peak: 13, alarms: 4, severity: 'critical', because: past.because }]],
] as const)('an episode %s is shown as it was then', (_when, hour, stood) => {
  const seen = replayView(watching(hour)).episodes.map(({ end, peak, alarms, severity, because, recovered }) => {
    expect(recovered).toBeNull()
    return { end, peak, alarms, severity, because }
  })
  expect(seen).toEqual(
    stood.map(({ end, peak, ...rest }) => ({ ...rest, end: isoDate(at(end)), peak: isoDate(at(peak)) })),
  )
})

test('an episode is over once the bar after its six hours has closed', () => {
  const recoveredAt = (hour: number) => replayView(watching(hour)).episodes[0]?.recovered
  expect(recoveredAt(19)).toBeNull()
  expect(recoveredAt(20)).toBe(past.recovered)
})

test('unchanged parts stay the same object, so that they are not drawn again', () => {
  const state = watching(20)
  const later = reduce(state, { kind: 'inspected', at: at(3) })
  expect(replayView(later).series).toBe(replayView(state).series)
  expect(replayView(later).episodes).toBe(replayView(state).episodes)
  const one = replayView(state)
  const next = replayView(reduce(state, { kind: 'replay', replay: replay({ at: isoDate(at(21)), revision: 1 }) }))
  expect(next.series.candles).toHaveLength(22)
  expect(next.series.alarms).toBe(one.series.alarms)
  expect(next.episodes).toBe(one.episodes)
})

test('before the bars in memory, the fetched bars around the position are shown', () => {
  const early = [-30, -29, -28, -27].map(hour => verdict(hour))
  const state = watching(-28, { kind: 'past', bars: [], verdicts: early })
  expect(replayView(state).series.candles.map(candle => candle.at)).toEqual([-30, -29, -28].map(at))
  expect(replayView(watching(-28)).series.candles).toEqual([])
})

test('a rehearsal that extends beyond the replay position is hidden', () => {
  const tried = rehearsal({ from: isoDate(at(0)), to: isoDate(at(30)) })
  const seen = (hour: number) => replayView(watching(hour, { kind: 'rehearsal', rehearsal: tried })).rehearsal
  expect(seen(30)).toEqual(tried)
  expect(seen(29)).toBeNull()
})

function fell(hour: number) {
  const text = `Fell at ${hour}.`
  return { reason: { code: 'stored-text', text }, because: text } as const
}

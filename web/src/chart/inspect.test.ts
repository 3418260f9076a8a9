import { expect, test } from 'vitest'
import { anomaly, at, hourMs, verdict } from '../state/example.ts'
import { type Candle, emptyTape, extendTape } from '../state/tape.ts'
import { barBeside, barNear } from './inspect.ts'

const candles: Candle[] = [0, 1, 2, 3].map(hour => {
  const said = verdict(hour, hour === 1 ? anomaly : {})
  return { at: at(hour), ...said.bar, verdict: said }
})
const tape = extendTape(emptyTape, candles)

test('the pointer means the bar it is nearest to', () => {
  expect(barNear(tape, at(2.4), 0)).toBe(at(2))
  expect(barNear(tape, at(2.6), 0)).toBe(at(3))
})

test('an anomaly within reach goes before a nearer bar', () => {
  expect(barNear(tape, at(1.9), hourMs)).toBe(at(1))
})

test('right of the newest bar: the forecast one', () => {
  expect(barNear(tape, at(3.6), 0)).toBe(at(4))
})

test('no bars, no answer', () => {
  expect(barNear(emptyTape, at(0), 0)).toBeNull()
  expect(barBeside(emptyTape, null, 1)).toBeNull()
})

test('the arrow keys begin at the newest bar and stop at both ends', () => {
  expect(barBeside(tape, null, -1)).toBe(at(3))
  expect(barBeside(tape, at(3), -1)).toBe(at(2))
  expect(barBeside(tape, at(0), -1)).toBe(at(0))
  expect(barBeside(tape, at(3), 1)).toBe(at(3))
})

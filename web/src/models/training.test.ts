import type { Training, TrainingLoss } from '@candlewatch/api/training'
import { expect, test } from 'vitest'
import { formatDuration, formatLeft, joinTraining, linesOf } from './training.ts'

const loss = (epoch: number, rest: Partial<TrainingLoss> = {}): TrainingLoss => ({
  learner: 'network',
  number: 1,
  again: false,
  epoch,
  training: 1 / epoch,
  validation: null,
  ...rest,
})

const at = (startedAt: string, losses: readonly TrainingLoss[], share = 0.5): Training => ({
  state: 'running',
  startedBy: 'hand',
  size: 'quick',
  startedAt,
  endedAt: null,
  model: 'm',
  market: 'a:B-C',
  interval: '1h',
  rows: null,
  phase: 'learning',
  says: '',
  share,
  epoch: 1,
  epochs: 4,
  secondsLeft: null,
  losses,
  version: null,
})

test('epochs that arrive one by one are joined, and repeated ones count once', () => {
  const first = joinTraining(null, at('1', [loss(1)]))
  const second = joinTraining(first, at('1', [loss(2)], 0.6))
  expect(second.losses.map(({ epoch }) => epoch)).toEqual([1, 2])
  expect(second.share).toBe(0.6)
  // The connection was lost meanwhile: all of it comes again.
  const third = joinTraining(second, at('1', [loss(1), loss(2), loss(3)]))
  expect(third.losses.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
})

test('another training begins with its own epochs, and a restarted server has none', () => {
  const before = at('2021-01-01T00:00:00Z', [loss(1), loss(2)])
  const next = joinTraining(before, at('2021-01-02T00:00:00Z', []))
  expect(next.losses).toEqual([])
  expect(joinTraining(next, before)).toBe(next)
  const idle: Training = { ...next, state: 'idle', startedAt: null }
  expect(joinTraining(next, idle)).toBe(idle)
})

test('an answer that is older than the stream does not restart the training', () => {
  const ended: Training = { ...at('1', [loss(1)], 1), state: 'done', version: '2' }
  expect(joinTraining(ended, at('1', [loss(1)]))).toEqual(ended)
})

test('each learner has a line: the teacher in a quiet colour, a network that learns again separately', () => {
  const teacher = { learner: 'teacher', number: 2 } as const
  const lines = linesOf({ losses: [loss(1, teacher), loss(2, teacher), loss(1), loss(1, { again: true })] })
  expect(lines.map(({ name, isQuiet, losses }) => [name, isQuiet, losses.length])).toEqual([
    ['Teacher 2', true, 2],
    ['Network 1', false, 1],
    ['Network 1, all rows', false, 1],
  ])
})

test('a duration and an estimated duration are formatted', () => {
  expect([0, 59.4, 125, 4_320].map(formatDuration)).toEqual(['0 s', '59 s', '2 min 5 s', '1 h 12 min'])
  expect([3, 42, 170].map(formatLeft)).toEqual(['a few seconds', 'about 40 s', 'about 3 min'])
})

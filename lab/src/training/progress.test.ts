import { type TrainerLine, trainerLine } from '@candlewatch/api/training'
import { expect, test } from 'vitest'
import { programProgress, trainerText } from './progress.ts'
import { epochsOf } from './training.ts'

/** The lines of a training whose every batch takes a second. */
function linesOf(options: Parameters<typeof programProgress>[1]): readonly TrainerLine[] {
  const lines: string[] = []
  let seconds = 0
  const output = { isTTY: false, line: () => undefined, error: (line: string) => void lines.push(line) }
  const progress = programProgress(output, options, () => 1_000 * seconds++)
  const epochs = epochsOf(options)
  for (let epoch = 1; epoch <= epochs; epoch++) {
    progress.onBatch(epoch, 1, 2, 0.5)
    progress.onEpoch({ epoch, training: 0.4, validation: epoch % 2 === 0 ? 0.3 : null })
  }
  progress.stop()
  // As the server reads them: a field more or less is an error.
  return lines.map(line => {
    const read: unknown = JSON.parse(line)
    expect(trainerLine.parse(read)).toEqual(read)
    return read as TrainerLine
  })
}

test('every line of a training is one that the server reads, with a teacher and fitted again on all rows', () => {
  const lines = linesOf({ members: 2, epochs: 2, distillation: 0.5, refit: true })
  const learned = lines.flatMap(line => ('learning' in line ? [line.learning] : []))
  expect(new Set(learned.map(({ learner, again }) => `${learner} ${again}`))).toEqual(
    new Set(['teacher false', 'network false', 'teacher true', 'network true']),
  )
  expect(learned.at(-1)?.share).toBe(1)
})

test('each epoch is reported once, with its losses', () => {
  const lines = linesOf({ members: 1, epochs: 3, distillation: 0, refit: false })
  const losses = lines.flatMap(line => ('learning' in line ? line.learning.losses : []))
  expect(losses.map(({ epoch, validation }) => [epoch, validation])).toEqual([
    [1, null],
    [2, 0.3],
    [3, null],
  ])
})

test('the line of the rows that were read is one that the server reads', () => {
  const rows = { bars: 1_200, from: '2021-01-01T00:00:00Z', to: '2021-02-19T23:00:00Z' }
  expect(trainerLine.parse(JSON.parse(trainerText({ rows })))).toEqual({ rows })
})

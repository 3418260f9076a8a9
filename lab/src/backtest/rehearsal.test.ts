import { compare } from '@candlewatch/core/decide/comparison'
import { exampleEpisode } from '@candlewatch/core/eval/example-verdict'
import { isoDate } from '@candlewatch/core/interval'
import type { Label, Ms, Verdict } from '@candlewatch/core/types'
import { expect, it } from 'vitest'
import type { Marks } from '../detection/marks.ts'
import { marked, type Rehearsal, type RehearsedEpisode } from './rehearsal.ts'
import { comparisonText, rehearsalText } from './text.ts'

const hourMs = 3_600_000 as Ms
const at = (hour: number) => isoDate(Date.UTC(2021, 0, 1, hour))
const page = { rows: 20, columns: 100 }

/** Alarms at these hours of the first hundred of 2021. */
function rehearsal(...hours: readonly number[]): Rehearsal {
  const verdicts = Array.from({ length: 100 }, (_, hour) => ({ date: at(hour), status: 'normal', market: 'a:B' }))
  const episodes = hours.map(
    (hour): RehearsedEpisode => ({
      ...exampleEpisode('a:B', Date.parse(at(hour)), {
        id: String(hour),
        severity: 'low',
        reason: { code: 'stored-text', text: 'why' },
      }),
      movePercent: 1,
    }),
  )
  const model = { name: 'm', version: '1' }
  return { model, alarmsPerWeek: 1, verdicts: verdicts as unknown as Verdict[], episodes, rowsPerSecond: 1 }
}

const label = (hour: number, mark: Label['mark']): Label => ({
  market: 'a:B',
  interval: '1h',
  date: at(hour),
  mark,
  note: '',
})
const marks: Marks = {
  market: 'a:B',
  intervalMs: hourMs,
  labels: [label(10, 'right'), label(30, 'wrong'), label(50, 'missed'), label(70, 'wrong')],
}

it('each alarm has its mark, and the added and removed ones are counted as right and wrong', () => {
  const [first, second] = [rehearsal(10, 30, 90), rehearsal(10, 50, 70)].map(one => marked(one, marks)) as [
    Rehearsal,
    Rehearsal,
  ]
  expect(first.episodes.map(({ mark }) => mark)).toEqual(['right', 'wrong', null])
  const text = rehearsalText(first, 'rows', hourMs, page)
  expect(text).toContain('precision by marks 0.50')
  expect(text).toMatch(/2021-01-01 10:00 .* right +why/)
  const compared = comparisonText(compare(first.episodes, second.episodes), second, page)
  expect(compared).toContain('More: All 2, most severe first; 1 right, 1 wrong, 0 unmarked')
  expect(compared).toContain('Fewer: All 2, most severe first; 0 right, 1 wrong, 1 unmarked')
})

it('without marks the output does not mention them', () => {
  const one = marked(rehearsal(10), null)
  expect(one).not.toHaveProperty('marks')
  expect(rehearsalText(one, 'rows', hourMs, page)).not.toContain('mark')
})

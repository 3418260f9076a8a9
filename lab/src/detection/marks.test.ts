import { isoDate } from '@candlewatch/core/interval'
import type { Label, Ms } from '@candlewatch/core/types'
import { expect, it } from 'vitest'
import { countMarks, eventsOf, type Marks, markOf, marksText } from './marks.ts'

const hourMs = 3_600_000 as Ms
const at = (hour: number) => isoDate(Date.UTC(2021, 0, 1, hour))
const episode = (from: number, to = from) => ({ start: at(from), end: at(to) })

function marksOf(...marks: (readonly [hour: number, mark: Label['mark'], note?: string])[]): Marks {
  const labels = marks.map(([hour, mark, note = '']) => ({
    market: 'a:B' as const,
    interval: '1h',
    date: at(hour),
    mark,
    note,
  }))
  return { market: 'a:B', intervalMs: hourMs, labels }
}

const marks = marksOf([2, 'right', 'Tesla'], [10, 'wrong'], [20, 'missed'], [30, 'wrong'], [31, 'right'])

it('right and missed marks are events of their bar, wrong ones are not', () => {
  const { file, events } = eventsOf(marks)
  expect(file).toBe('the marks of a:B 1h')
  expect(events.map(({ label, tier }) => [label, tier])).toEqual([
    ['Tesla', 1],
    ['missed', 1],
    ['right', 1],
  ])
  expect(events[0]).toMatchObject({ startMs: Date.parse(at(2)), endMs: Date.parse(at(3)) })
  expect(() => eventsOf(marksOf())).toThrow(expect.objectContaining({ code: 'ERR_RANGE_EMPTY' }))
})

it('an episode has the marks of its bars, an hour more or less; a missed bar that it finds makes it right', () => {
  const found = [episode(1), episode(9, 12), episode(20), episode(29, 33), episode(5), episode(25, 26)]
  expect(found.map(one => markOf(one, marks))).toEqual(['right', 'wrong', 'right', 'right', null, null])
})

it('two right, one wrong and one unmarked alarm have a precision of two of three', () => {
  const count = countMarks([episode(2), episode(5), episode(10), episode(20)], marks, episode(0, 29))
  expect(count).toEqual({
    marks: { right: 1, wrong: 1, missed: 1 },
    episodes: { right: 2, wrong: 1, unmarked: 1 },
    precision: 2 / 3,
  })
  expect(marksText(count)).toContain('precision by marks 0.67')
  expect(countMarks([episode(5)], marks, episode(0, 29)).precision).toBeNull()
})

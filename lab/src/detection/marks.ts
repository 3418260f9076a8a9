import { CandlewatchError } from '@candlewatch/core/errors'
import { meets } from '@candlewatch/core/eval/labels'
import { formatInterval } from '@candlewatch/core/interval'
import type { Label, Market, Ms } from '@candlewatch/core/types'
import { spanOf } from './alarms.ts'
import type { MarkCount } from './detection-report.ts'
import type { Labels } from './labels.ts'

/** The marks that people gave to a market's alarms, and to bars that should have alarmed. */
export interface Marks {
  readonly market: Market
  readonly intervalMs: Ms
  /** Oldest first. */
  readonly labels: readonly Label[]
}

/** The mark of an episode; null if nobody marked it. */
export type EpisodeMark = 'right' | 'wrong' | null

interface Dated {
  /** Dates are opens, ISO 8601 UTC. */
  readonly start: string
  readonly end: string
}

/** Turns marks into events that a detector should find: those marked right and missed, all of tier 1. Throws ERR_RANGE_EMPTY without any mark. */
export function eventsOf({ market, intervalMs, labels }: Marks): Labels {
  const file = `the marks of ${market} ${formatInterval(intervalMs)}`
  if (labels.length === 0) {
    throw new CandlewatchError(
      'ERR_RANGE_EMPTY',
      `Expected ${file} in the database, found none. Mark alarms right or wrong on the page first, or by POST /api/labels.`,
    )
  }
  const events = labels
    .filter(({ mark }) => mark !== 'wrong')
    .map(({ date, mark, note }) => ({ ...spanAt(date, intervalMs), tier: 1, label: note || mark }))
  return { file, events }
}

/** Returns the mark of an episode. A missed bar counts as right once an episode contains it; right wins over wrong. */
export function markOf(episode: Dated, { labels, intervalMs }: Marks): EpisodeMark {
  const span = spanOf(episode, intervalMs)
  const given = labels.filter(({ date }) => meets(span, spanAt(date, intervalMs))).map(({ mark }) => mark)
  if (given.length === 0) return null
  return given.every(mark => mark === 'wrong') ? 'wrong' : 'right'
}

/** Counts marks and episodes; `range` has the opens of the first and the last row. */
export function countMarks(episodes: readonly Dated[], marks: Marks, range: Dated): MarkCount {
  const inside = marks.labels.filter(({ date }) => {
    const at = Date.parse(date)
    return at >= Date.parse(range.start) && at <= Date.parse(range.end)
  })
  const of = (wanted: Label['mark']) => inside.filter(({ mark }) => mark === wanted).length
  const found = countByMark(episodes.map(episode => markOf(episode, marks)))
  const judged = found.right + found.wrong
  return {
    marks: { right: of('right'), wrong: of('wrong'), missed: of('missed') },
    episodes: found,
    precision: judged === 0 ? null : found.right / judged,
  }
}

/** Counts episodes by their mark. */
export function countByMark(found: readonly EpisodeMark[]): MarkCount['episodes'] {
  const of = (wanted: EpisodeMark) => found.filter(mark => mark === wanted).length
  return { right: of('right'), wrong: of('wrong'), unmarked: of(null) }
}

/** Writes the counts as a sentence. */
export function marksText({ marks, episodes, precision }: MarkCount): string {
  const share = precision === null ? 'not known' : precision.toFixed(2)
  return (
    `Marks in these rows: ${marks.right} right, ${marks.wrong} wrong, ${marks.missed} missed. Episodes: ${episodes.right} right, ` +
    `${episodes.wrong} wrong, ${episodes.unmarked} not marked; precision by marks ${share}.`
  )
}

const spanAt = (date: string, intervalMs: Ms) => spanOf({ start: date, end: date }, intervalMs)

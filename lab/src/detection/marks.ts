import { CandlewatchError } from '@candlewatch/core/errors'
import { meets } from '@candlewatch/core/eval/labels'
import { formatInterval } from '@candlewatch/core/interval'
import type { Label, Market, Ms } from '@candlewatch/core/types'
import { spanOf } from './alarms.ts'
import type { Labels } from './labels.ts'

/** What people said of one market's alarms, and of bars that should have been one. */
export interface Marks {
  readonly market: Market
  readonly intervalMs: Ms
  /** Oldest first. */
  readonly labels: readonly Label[]
}

/** What the marks say of an episode; null where nobody said anything. */
export type EpisodeMark = 'right' | 'wrong' | null

export interface MarkCount {
  /** Marks on rows of the range. */
  readonly marks: Readonly<Record<Label['mark'], number>>
  /** Episodes by what was said of them. */
  readonly episodes: Readonly<Record<'right' | 'wrong' | 'unmarked', number>>
  /** Of the episodes that somebody marked, those that were right. */
  readonly precision: number | null
}

interface Dated {
  /** Opens, ISO 8601 UTC. */
  readonly start: string
  readonly end: string
}

/** Right and missed ones are events that a watcher should see, all of tier 1. Throws ERR_RANGE_EMPTY where there is no mark. */
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

/** A bar that was missed counts as right once an episode finds it. Where an episode holds both, something was there. */
export function markOf(episode: Dated, { labels, intervalMs }: Marks): EpisodeMark {
  const span = spanOf(episode, intervalMs)
  const said = labels.filter(({ date }) => meets(span, spanAt(date, intervalMs))).map(({ mark }) => mark)
  if (said.length === 0) return null
  return said.every(mark => mark === 'wrong') ? 'wrong' : 'right'
}

/** range: opens of the first and the last row. */
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

export function countByMark(found: readonly EpisodeMark[]): MarkCount['episodes'] {
  const of = (wanted: EpisodeMark) => found.filter(mark => mark === wanted).length
  return { right: of('right'), wrong: of('wrong'), unmarked: of(null) }
}

/** In one sentence. */
export function marksText({ marks, episodes, precision }: MarkCount): string {
  const share = precision === null ? 'not known' : precision.toFixed(2)
  return (
    `Marks in these rows: ${marks.right} right, ${marks.wrong} wrong, ${marks.missed} missed. Of the episodes ${episodes.right} were right, ` +
    `${episodes.wrong} wrong, and ${episodes.unmarked} nobody marked: precision by marks ${share}.`
  )
}

const spanAt = (date: string, intervalMs: Ms) => spanOf({ start: date, end: date }, intervalMs)

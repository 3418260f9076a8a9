import { sentence } from '@candlewatch/api/values/sentences'
import type { Comparison } from '@candlewatch/core/decide/comparison'
import { formatInterval } from '@candlewatch/core/interval'
import { weekMs } from '@candlewatch/core/time'
import type { Ms, Severity, Verdict } from '@candlewatch/core/types'
import { countByMark, marksText } from '../detection/marks.ts'
import type { Rehearsal, RehearsedEpisode } from './rehearsal.ts'
import type { Stretch } from './value-series.ts'

/** How much of a list is printed. */
export interface Page {
  readonly rows: number
  readonly columns: number
}

const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low']

/** Writes the result and the episodes, most severe first and then by time. */
export function rehearsalText(rehearsal: Rehearsal, source: string, intervalMs: Ms, page: Page): string {
  const { model, verdicts, episodes, alarmsPerWeek, marks, rowsPerSecond } = rehearsal
  const [first, last] = [verdicts[0], verdicts.at(-1)]
  const alarming = verdicts.filter(verdict => verdict.isAnomaly).length
  return [
    `${model.name} ${model.version} on ${source} (${first?.market}, ${formatInterval(intervalMs)}), ${first?.date} to ${last?.date}`,
    `${grouped(verdicts.length)} rows, ${grouped(rowsPerSecond)} rows/s${silent(verdicts)}`,
    `With this budget there would have been ${count(episodes.length, 'alarm')}: ${perWeek(rehearsal, intervalMs).toFixed(2)} per week of ${alarmsPerWeek} allowed.`,
    `${severities.map(one => `${countOf(episodes, one)} ${one}`).join(', ')}; ${count(alarming, 'alarming bar')}; those within 6 h of each other count as one alarm.`,
    ...(marks ? [marksText(marks)] : []),
    ...(episodes.length > 0
      ? ['', shown(episodes.length, page, 'most severe first'), table(mostSevere(episodes), page)]
      : []),
  ].join('\n')
}

/** Returns episodes per week of rows. Gaps don't count as time without alarms. */
export function perWeek({ episodes, verdicts }: Rehearsal, intervalMs: Ms): number {
  return episodes.length / ((verdicts.length * intervalMs) / weekMs)
}

/** Counts the episodes of each severity. */
export function bySeverity(episodes: readonly RehearsedEpisode[]): Record<Severity, number> {
  return Object.fromEntries(severities.map(one => [one, countOf(episodes, one)])) as Record<Severity, number>
}

function silent(verdicts: readonly Verdict[]): string {
  const of = (status: Verdict['status']) => verdicts.filter(verdict => verdict.status === status).length
  const [warming, faults] = [of('warming-up'), of('feed-fault')]
  return warming + faults === 0 ? '' : `; ${grouped(warming)} warming up, ${count(faults, 'feed fault')}`
}

function mostSevere(episodes: readonly RehearsedEpisode[]): RehearsedEpisode[] {
  const rank = ({ severity }: RehearsedEpisode) => severities.indexOf(severity)
  return [...episodes].sort((a, b) => rank(a) - rank(b) || a.start.localeCompare(b.start))
}

function table(episodes: readonly RehearsedEpisode[], { rows, columns }: Page): string {
  const lines = episodes
    .slice(0, rows)
    .map(({ start, end, severity, pValue, movePercent, mark, reason, market }) => [
      minute(start),
      end === start ? '' : minute(end),
      severity,
      pValue.toPrecision(2),
      signed(movePercent),
      ...(mark === undefined ? [] : [mark ?? '–']),
      sentence(reason, market),
    ])
  const mark = episodes[0]?.mark === undefined ? [] : ['mark']
  return aligned([['start (UTC)', 'end', 'severity', 'p', 'move %', ...mark, 'why'], ...lines], columns)
}

/** Writes how two runs differ: how many alarms are more and fewer, and which. */
export function comparisonText(
  { more, fewer, both }: Comparison<RehearsedEpisode>,
  second: Rehearsal,
  page: Page,
): string {
  const { model, alarmsPerWeek, episodes } = second
  const list = (title: string, of: readonly RehearsedEpisode[]) =>
    of.length === 0
      ? []
      : ['', `${title}: ${shown(of.length, page, 'most severe first')}${byMark(of)}`, table(mostSevere(of), page)]
  return [
    `Compared with ${model.name} ${model.version} at ${alarmsPerWeek} per week: ${count(episodes.length, 'alarm')}, ${more.length} more, ${fewer.length} fewer, ${both} in both.`,
    ...list('More', more),
    ...list('Fewer', fewer),
  ].join('\n')
}

/** Counts the episodes by mark; empty without --marks. */
function byMark(episodes: readonly RehearsedEpisode[]): string {
  const found = episodes.flatMap(({ mark }) => (mark === undefined ? [] : [mark]))
  if (found.length === 0) return ''
  const { right, wrong, unmarked } = countByMark(found)
  return `; ${right} right, ${wrong} wrong, ${unmarked} unmarked`
}

/** The result of judging a two-column series. */
export interface SeriesSummary {
  readonly source: string
  readonly rows: number
  readonly rowsPerSecond: number
  readonly from: string
  readonly to: string
  readonly warmUpRows: number
  readonly alarms: number
  readonly stretches: readonly Stretch[]
}

/** Writes the result and the alarms, highest score first. */
export function seriesText(summary: SeriesSummary, page: Page): string {
  const { source, rows, rowsPerSecond, from, to, warmUpRows, alarms, stretches } = summary
  const lines = [...stretches]
    .sort((a, b) => b.score - a.score)
    .slice(0, page.rows)
    .map(one => [
      minute(one.start),
      one.end === one.start ? '' : minute(one.end),
      String(one.alarms),
      one.score.toFixed(1),
      one.pValue.toPrecision(2),
      `${one.value} at ${minute(one.peak)}`,
    ])
  return [
    `${source}, ${from} to ${to}`,
    `${grouped(rows)} rows, ${grouped(rowsPerSecond)} rows/s; the first ${Math.min(rows, warmUpRows)} rows warmed up the detector`,
    `${count(stretches.length, 'alarm')} from ${count(alarms, 'alarming row')}; those within 6 h of each other count as one alarm.`,
    ...(lines.length === 0
      ? []
      : [
          '',
          shown(stretches.length, page, 'highest score first'),
          aligned([['start (UTC)', 'end', 'rows', 'score', 'p', 'most unusual value'], ...lines], page.columns),
        ]),
  ].join('\n')
}

const shown = (all: number, { rows }: Page, order: string) =>
  all <= rows ? `All ${all}, ${order}` : `${rows} of ${all}, ${order} (--limit shows more)`

function aligned(rows: readonly (readonly string[])[], columns: number): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return rows.map(row => fitted(line(row), columns)).join('\n')
}

function fitted(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, columns - 1).trimEnd()}…`
}

const countOf = (episodes: readonly RehearsedEpisode[], severity: Severity) =>
  episodes.filter(episode => episode.severity === severity).length
const count = (n: number, what: string) => `${grouped(n)} ${what}${n === 1 ? '' : 's'}`
const grouped = (n: number) => n.toLocaleString('en-US')
const signed = (x: number) => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(1)}`
const minute = (iso: string) => iso.slice(0, 16).replace('T', ' ')

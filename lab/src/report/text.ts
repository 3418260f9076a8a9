import type { ReportCard } from './card.ts'
import { allDetectionTables, detectionHeading, detectionLegend } from './detection-tables.ts'
import { accuracyTables, heading, legend, monthTable, peerTable, rangeTable, type Table } from './tables.ts'

const columns = 100

/** Writes the report card for a terminal of 100 columns. */
export function toText(card: ReportCard): string {
  return [
    wrapped(heading(card)),
    ...card.warnings.map(text => wrapped(`WARNING: ${text}`)),
    ...tables(card).map(aligned),
    wrapped(legend),
    ...(card.detection
      ? [
          wrapped(detectionHeading(card.detection)),
          ...allDetectionTables(card.detection).map(aligned),
          wrapped(detectionLegend),
        ]
      : []),
  ].join('\n\n')
}

/** Writes the report card as Markdown. */
export function toMarkdown(card: ReportCard): string {
  return `${[
    `# Report card: ${card.model.name} ${card.model.version}`,
    heading(card),
    ...card.warnings.map(text => `> **Warning:** ${text}`),
    '## Forecast',
    ...tables(card).map(markdown),
    legend,
    ...(card.detection
      ? [
          '## Detection',
          detectionHeading(card.detection),
          ...allDetectionTables(card.detection).map(markdown),
          detectionLegend,
        ]
      : []),
  ].join('\n\n')}\n`
}

function tables(card: ReportCard): Table[] {
  const peers = peerTable(card)
  return [...accuracyTables(card), ...(peers ? [peers] : []), rangeTable(card), monthTable(card)]
}

/** Writes a table with its columns one below the other. */
export function aligned({ title, head, rows }: Table): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2))
  return [title, rule, line(head), ...rows.map(line)].join('\n')
}

/** Writes a table in Markdown. */
export function markdown({ title, head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = `|${head.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`
  return [`### ${title}`, '', line(head), rule, ...rows.map(line)].join('\n')
}

/** Breaks a text into lines of 100 columns. */
export function wrapped(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last.length + 1 + word.length > columns) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.join('\n')
}

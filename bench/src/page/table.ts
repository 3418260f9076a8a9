import { nth } from '@candlewatch/core/nth'
import { median } from '../figures.ts'

/** The values of one page by round; null if the page lacks the feature. */
export type Values = readonly number[] | null

/** One line of the table. */
export interface Measured {
  readonly what: string
  /** Less is better in every line. */
  readonly unit: 'ms' | '%' | 'MB' | 'kB'
  /** The limit of the page; null without one. */
  readonly mark: number | null
  /** True if the worst round must also be below the limit. */
  readonly always?: boolean
  readonly ours: readonly number[]
  readonly peers: readonly Values[]
}

const head = (peers: readonly string[]) => [
  'measured',
  'mark',
  'Candlewatch',
  '',
  ...peers.flatMap(name => [name, 'ratio']),
]

/** Writes medians with the worst round in brackets; a ratio below 1 means that ours is less than the peer's. */
export function table(lines: readonly Measured[], peers: readonly string[]): string {
  const rows = [head(peers), ...lines.map(cells)]
  const widths = nth(rows, 0).map((_, column) => Math.max(...rows.map(row => nth(row, column).length)))
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(nth(widths, column)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function cells({ what, unit, mark, always, ours, peers }: Measured): string[] {
  const judged = always ? Math.max(...ours) : median(ours)
  return [
    `${what}, ${unit}`,
    mark === null ? '–' : `< ${mark}`,
    shown(ours),
    mark === null ? '' : judged < mark ? 'reached' : 'not reached',
    ...peers.flatMap(theirs => (theirs ? [shown(theirs), (median(ours) / median(theirs)).toFixed(2)] : ['–', '–'])),
  ]
}

function shown(values: readonly number[]): string {
  const [middle, worst] = [median(values), Math.max(...values)].map(round)
  return middle === worst ? `${middle}` : `${middle} (${worst})`
}

const round = (value: number) => (value >= 100 ? Math.round(value) : Number(value.toPrecision(2)))

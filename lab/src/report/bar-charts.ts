import { escapeHtml, height, inset, niceTicks, round, svg, width } from './charts.ts'

/** Shares of a whole: one bar a row, with ticks at the expected shares. */
export interface ShareChart {
  readonly label: string
  readonly promised: readonly number[]
  readonly parts: readonly string[]
  readonly rows: readonly { readonly name: string; readonly shares: readonly number[] }[]
}

/** Draws shares as stacked bars, as an SVG element. */
export function shareChart({ label, promised, parts, rows }: ShareChart): string {
  const [left, right, rowHeight] = [inset.left, width - inset.right, 56]
  const x = (share: number) => round(left + share * (right - left))
  const sums = (shares: readonly number[]) => shares.map((_, i) => shares.slice(0, i).reduce((a, b) => a + b, 0))
  const bottom = 8 + rows.length * rowHeight
  return svg(label, bottom + 20, [
    ...rows.map(({ name, shares }, row) => {
      const top = 8 + row * rowHeight
      const starts = sums(shares)
      const bars = shares.map((share, i) => {
        const start = starts[i] ?? 0
        const [from, to] = [x(start), x(start + share)]
        const text = `${(100 * share).toFixed(1)} %`
        const inside =
          to - from > 48 ? `<text class="middle on" x="${round((from + to) / 2)}" y="${top + 22}">${text}</text>` : ''
        const box = `x="${from + 1}" y="${top}" width="${round(Math.max(0, to - from - 2))}" height="34" rx="2"`
        return `<rect class="share-${i}" ${box}><title>${escapeHtml(name)}, ${escapeHtml(parts[i] ?? '')}: ${text}</title></rect>${inside}`
      })
      return `<text class="end" x="${left - 8}" y="${top + 22}">${escapeHtml(name)}</text>${bars.join('')}`
    }),
    ...sums(promised)
      .slice(1)
      .map(
        at =>
          `<path class="rule" d="M${x(at)} 2V${bottom}"/><text class="middle" x="${x(at)}" y="${bottom + 14}">${(100 * at).toFixed(0)} %</text>`,
      ),
  ])
}

/** The data of a column chart. */
export interface ColumnChart {
  /** The text alternative of the chart. */
  readonly label: string
  readonly steps: readonly string[]
  /** One value a step, at least 0. */
  readonly values: readonly number[]
  /** A horizontal line, always in view. */
  readonly rule: number
  readonly format: (value: number) => string
}

/** Draws columns that stand on zero, as an SVG element. */
export function columnChart({ label, steps, values, rule, format }: ColumnChart): string {
  const ticks = niceTicks([0, rule, ...values])
  const most = ticks.at(-1) ?? 1
  const [left, right, bottom] = [inset.left, width - inset.right, height - inset.bottom]
  const y = (value: number) => round(bottom - (value / most) * (bottom - inset.top))
  const room = (right - left) / steps.length
  const wide = round(Math.min(40, 0.7 * room))
  const everyNth = Math.ceil(steps.length / 8)
  return svg(label, height, [
    ...ticks.map(
      tick =>
        `<path class="grid" d="M${left} ${y(tick)}H${right}"/><text class="end" x="${left - 8}" y="${y(tick) + 4}">${format(tick)}</text>`,
    ),
    ...steps.map((step, i) => {
      const [middle, value] = [round(left + (i + 0.5) * room), values[i] ?? 0]
      const box = `x="${round(middle - wide / 2)}" y="${y(value)}" width="${wide}" height="${round(bottom - y(value))}" rx="2"`
      const title = `<title>${escapeHtml(step)}: ${format(value)}</title>`
      const name =
        i % everyNth === 0 ? `<text class="middle" x="${middle}" y="${height - 8}">${escapeHtml(step)}</text>` : ''
      return `<rect class="column" ${box}>${title}</rect>${name}`
    }),
    `<path class="rule" d="M${left} ${y(rule)}H${right}"/>`,
  ])
}

/** The data of a grid of shares. */
export interface ShareGrid {
  /** The text alternative of the grid. */
  readonly label: string
  readonly columns: readonly string[]
  /** Shares from 0 to 1, one a column; null leaves the cell empty. */
  readonly rows: readonly { readonly name: string; readonly shares: readonly (number | null)[] }[]
}

const [nameWidth, rowHeight, headHeight] = [168, 26, 24]
// From this share on, a cell is dark enough for text in the colour of the page.
const strong = 0.55

/** Draws shares as a grid, as an SVG element: the larger the share, the deeper the colour. */
export function shareGrid({ label, columns, rows }: ShareGrid): string {
  const room = (width - inset.right - nameWidth) / columns.length
  const left = (column: number) => round(nameWidth + column * room)
  const middle = (column: number) => round(nameWidth + (column + 0.5) * room)
  return svg(label, headHeight + rows.length * rowHeight + 4, [
    ...columns.map((name, i) => `<text class="middle" x="${middle(i)}" y="14">${escapeHtml(name)}</text>`),
    ...rows.map(({ name, shares }, row) => {
      const top = headHeight + row * rowHeight
      const cells = shares.map((share, i) => {
        if (share === null) return ''
        const title = `<title>${escapeHtml(name)}, ${escapeHtml(columns[i] ?? '')}: ${percent(share)}</title>`
        const box = `x="${left(i) + 1}" y="${top + 1}" width="${round(room - 2)}" height="${rowHeight - 2}" rx="2"`
        const look = share >= strong ? 'middle on' : 'middle ink'
        return (
          `<rect class="column" fill-opacity="${round(10 * (0.06 + 0.94 * share)) / 10}" ${box}>${title}</rect>` +
          `<text class="${look}" x="${middle(i)}" y="${top + 17}">${Math.round(100 * share)}</text>`
        )
      })
      return `<text class="ink" x="0" y="${top + 17}">${escapeHtml(name)}</text>${cells.join('')}`
    }),
  ])
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

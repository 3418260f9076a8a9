import { escapeHtml, inset, niceTicks, round, svg, width } from './charts.ts'

/** One dot of a row: a value, and the interval that it lies in with 95 %. */
export interface Dot {
  readonly value: number
  readonly interval95: { readonly lower: number; readonly upper: number } | null
}

/** The data of a dot chart: names down the side, a dot a series in each row. */
export interface DotChart {
  /** The text alternative of the chart. */
  readonly label: string
  readonly series: readonly { readonly name: string; readonly style: string }[]
  /** One dot a series; null leaves it out. */
  readonly rows: readonly { readonly name: string; readonly dots: readonly (Dot | null)[] }[]
  /** A vertical line, always in view. */
  readonly rule: number
  readonly format: (value: number) => string
}

const [nameWidth, rowHeight, footHeight] = [150, 26, 22]

/** Draws dots with their intervals as an SVG element. */
export function dotChart({ label, series, rows, rule, format }: DotChart): string {
  const ends = rows.flatMap(({ dots }) =>
    dots.flatMap(dot =>
      dot ? [dot.value, dot.interval95?.lower ?? dot.value, dot.interval95?.upper ?? dot.value] : [],
    ),
  )
  const ticks = niceTicks([rule, ...ends])
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1]
  const x = (value: number) => round(nameWidth + ((value - low) / (high - low)) * (width - inset.right - nameWidth))
  const bottom = rows.length * rowHeight + 4
  return svg(label, bottom + footHeight, [
    ...ticks.map(
      tick =>
        `<path class="grid" d="M${x(tick)} 0V${bottom}"/><text class="middle" x="${x(tick)}" y="${bottom + 16}">${format(tick)}</text>`,
    ),
    `<path class="rule" d="M${x(rule)} 0V${bottom}"/>`,
    ...rows.map(({ name, dots }, row) => {
      const drawn = dots.map((dot, i) => {
        const of = series[i]
        if (!dot || !of) return ''
        const y = round(row * rowHeight + (rowHeight * (i + 1)) / (series.length + 1))
        const { value, interval95 } = dot
        const range = interval95 ? `, ${format(interval95.lower)} to ${format(interval95.upper)}` : ''
        const line = interval95 ? `<path d="M${x(interval95.lower)} ${y}H${x(interval95.upper)}"/>` : ''
        const title = `<title>${escapeHtml(name)}, ${escapeHtml(of.name)}: ${format(value)}${range}</title>`
        return `<g class="line ${of.style}">${line}<circle cx="${x(value)}" cy="${y}" r="4">${title}</circle></g>`
      })
      const middle = round((row + 0.5) * rowHeight + 4)
      return `<text class="ink" x="0" y="${middle}">${escapeHtml(name)}</text>${drawn.join('')}`
    }),
  ])
}

import { escapeHtml, height, inset, niceTicks, round, svg, width } from './charts.ts'

export interface ColumnChart {
  /** What it shows, for those who cannot see it. */
  readonly label: string
  readonly steps: readonly string[]
  /** One a step, from 0 on. */
  readonly values: readonly number[]
  /** Always in view, drawn across. */
  readonly rule: number
  readonly format: (value: number) => string
}

/** Columns that stand on zero, as an SVG element. Pure: equal data, equal text. */
export function columnChart({ label, steps, values, rule, format }: ColumnChart): string {
  const ticks = niceTicks([0, rule, ...values])
  const most = ticks.at(-1)!
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
      const [middle, value] = [round(left + (i + 0.5) * room), values[i]!]
      const box = `x="${round(middle - wide / 2)}" y="${y(value)}" width="${wide}" height="${round(bottom - y(value))}" rx="2"`
      const told = `<title>${escapeHtml(step)}: ${format(value)}</title>`
      const name =
        i % everyNth === 0 ? `<text class="middle" x="${middle}" y="${height - 8}">${escapeHtml(step)}</text>` : ''
      return `<rect class="column" ${box}>${told}</rect>${name}`
    }),
    `<path class="rule" d="M${left} ${y(rule)}H${right}"/>`,
  ])
}

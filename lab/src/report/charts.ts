/** One line of a chart; null leaves a gap. `mark` tells two lines apart without colour. */
export interface Line {
  readonly name: string
  /** The class of the page's style that colours the line. */
  readonly style: string
  readonly mark: 'circle' | 'square' | 'none'
  readonly values: readonly (number | null)[]
}

/** The data of a line chart. */
export interface LineChart {
  /** The text alternative of the chart. */
  readonly label: string
  readonly steps: readonly string[]
  readonly lines: readonly Line[]
  readonly format: (value: number) => string
  /** Values that are always in view. */
  readonly view?: readonly number[]
  /** A shaded band, always in view. */
  readonly band?: readonly [from: number, to: number]
  /** A horizontal line, always in view. */
  readonly rule?: number
}

/** The size of a chart in the units of its SVG. */
export const width = 560
export const height = 240
/** The space around the plot. */
export const inset = { left: 52, right: 12, top: 12, bottom: 26 }

/** Draws lines over equal steps as an SVG element. */
export function lineChart({ label, steps, lines, format, view = [], band, rule }: LineChart): string {
  const known = lines.flatMap(line => line.values).filter(value => value !== null)
  const ticks = niceTicks([...known, ...view, ...(band ?? []), ...(rule === undefined ? [] : [rule])])
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1]
  const x = (step: number) => round(inset.left + ((step + 0.5) / steps.length) * (width - inset.left - inset.right))
  const y = (value: number) => round(inset.top + ((high - value) / (high - low)) * (height - inset.top - inset.bottom))
  const [left, right] = [inset.left, width - inset.right]
  const everyNth = Math.ceil(steps.length / 8)
  return svg(label, height, [
    band
      ? `<rect class="band" x="${left}" y="${y(band[1])}" width="${right - left}" height="${round(y(band[0]) - y(band[1]))}"/>`
      : '',
    ...ticks.map(
      tick =>
        `<path class="grid" d="M${left} ${y(tick)}H${right}"/>` +
        `<text class="end" x="${left - 8}" y="${y(tick) + 4}">${format(tick)}</text>`,
    ),
    rule === undefined ? '' : `<path class="rule" d="M${left} ${y(rule)}H${right}"/>`,
    ...steps.map((step, i) =>
      i % everyNth === 0 ? `<text class="middle" x="${x(i)}" y="${height - 8}">${escapeHtml(step)}</text>` : '',
    ),
    ...lines.map(line => drawn(line, { steps, x, y, format })),
  ])
}

interface Scales {
  readonly steps: readonly string[]
  readonly x: (step: number) => number
  readonly y: (value: number) => number
  readonly format: (value: number) => string
}

function drawn({ name, style, mark, values }: Line, { steps, x, y, format }: Scales): string {
  let path = ''
  const marks = values.map((value, i) => {
    if (value === null) return ''
    const [px, py] = [x(i), y(value)]
    path += `${(values[i - 1] ?? null) === null ? 'M' : 'L'}${px} ${py}`
    const title = `<title>${escapeHtml(name)}, ${escapeHtml(steps[i] ?? '')}: ${format(value)}</title>`
    if (mark === 'square')
      return `<rect x="${round(px - 3.5)}" y="${round(py - 3.5)}" width="7" height="7">${title}</rect>`
    return `<circle cx="${px}" cy="${py}" r="${mark === 'none' ? 2 : 4}">${title}</circle>`
  })
  return `<g class="line ${style}"><path d="${path}"/>${marks.join('')}</g>`
}

/** Wraps parts in an SVG element of the charts' width with a text alternative. */
export function svg(label: string, tall: number, parts: readonly string[]): string {
  return `<svg viewBox="0 0 ${width} ${tall}" role="img" aria-label="${escapeHtml(label)}">${parts.join('')}</svg>`
}

/** Returns at most seven ticks from below the smallest value to above the largest, in steps of 1, 2 or 5 times a power of ten. */
export function niceTicks(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const span = most - least || Math.abs(most) || 1
  const power = 10 ** Math.floor(Math.log10(span / 5))
  const step = power * ([1, 2, 5].find(m => span / (m * power) <= 5) ?? 10)
  const first = Math.floor(least / step)
  const last = Math.max(first + 1, Math.ceil(most / step))
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

/** Escapes a text for HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Rounds a coordinate to one decimal, which is finer than a pixel. */
export const round = (x: number) => Number(x.toFixed(1))

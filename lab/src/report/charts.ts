/** One line of a chart; null leaves a hole. `mark` tells two lines apart without colour. */
export interface Line {
  readonly name: string
  /** A class of the page's style, which colours it. */
  readonly style: string
  readonly mark: 'circle' | 'square' | 'none'
  readonly values: readonly (number | null)[]
}

export interface LineChart {
  /** What it shows, for those who cannot see it. */
  readonly label: string
  readonly steps: readonly string[]
  readonly lines: readonly Line[]
  readonly format: (value: number) => string
  /** Values that are in view even when no line reaches them. */
  readonly view?: readonly number[]
  /** Always in view, shaded. */
  readonly band?: readonly [from: number, to: number]
  /** Always in view, drawn across. */
  readonly rule?: number
}

export const width = 560
export const height = 240
export const inset = { left: 52, right: 12, top: 12, bottom: 26 }

/** Lines over equal steps, as an SVG element. Pure: equal data, equal text. */
export function lineChart({ label, steps, lines, format, view = [], band, rule }: LineChart): string {
  const known = lines.flatMap(line => line.values).filter(value => value !== null)
  const ticks = niceTicks([...known, ...view, ...(band ?? []), ...(rule === undefined ? [] : [rule])])
  const [low, high] = [ticks[0]!, ticks.at(-1)!]
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
    ...lines.map(line => drawn(line, steps, x, y, format)),
  ])
}

function drawn(
  { name, style, mark, values }: Line,
  steps: readonly string[],
  x: (step: number) => number,
  y: (value: number) => number,
  format: (value: number) => string,
): string {
  let path = ''
  const marks = values.map((value, i) => {
    if (value === null) return ''
    const [px, py] = [x(i), y(value)]
    path += `${values[i - 1] === undefined || values[i - 1] === null ? 'M' : 'L'}${px} ${py}`
    const told = `<title>${escapeHtml(name)}, ${escapeHtml(steps[i]!)}: ${format(value)}</title>`
    if (mark === 'square')
      return `<rect x="${round(px - 3.5)}" y="${round(py - 3.5)}" width="7" height="7">${told}</rect>`
    return `<circle cx="${px}" cy="${py}" r="${mark === 'none' ? 2 : 4}">${told}</circle>`
  })
  return `<g class="line ${style}"><path d="${path}"/>${marks.join('')}</g>`
}

/** Shares of a whole, one bar a row, with what each share should be as a tick under it. */
export interface ShareChart {
  readonly label: string
  readonly promised: readonly number[]
  readonly parts: readonly string[]
  readonly rows: readonly { readonly name: string; readonly shares: readonly number[] }[]
}

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
        const [from, to] = [x(starts[i]!), x(starts[i]! + share)]
        const text = `${(100 * share).toFixed(1)} %`
        const inside =
          to - from > 48 ? `<text class="middle on" x="${round((from + to) / 2)}" y="${top + 22}">${text}</text>` : ''
        const box = `x="${from + 1}" y="${top}" width="${round(Math.max(0, to - from - 2))}" height="34" rx="2"`
        return `<rect class="share-${i}" ${box}><title>${escapeHtml(name)}, ${escapeHtml(parts[i]!)}: ${text}</title></rect>${inside}`
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

/** An SVG element of so many units' height, named for those who cannot see it. */
export function svg(label: string, tall: number, parts: readonly string[]): string {
  return `<svg viewBox="0 0 ${width} ${tall}" role="img" aria-label="${escapeHtml(label)}">${parts.join('')}</svg>`
}

/** From below the smallest to above the largest, in steps of 1, 2 or 5 times a power of ten; at most seven. */
export function niceTicks(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const span = most - least || Math.abs(most) || 1
  const power = 10 ** Math.floor(Math.log10(span / 5))
  const step = power * ([1, 2, 5].find(m => span / (m * power) <= 5) ?? 10)
  const first = Math.floor(least / step)
  const last = Math.max(first + 1, Math.ceil(most / step))
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** One decimal is finer than a pixel. */
export const round = (x: number) => Number(x.toFixed(1))

import { type Axis, makeScale, niceStep, type Scale } from './axis.ts'

/** Charts as SVG text: a chart is a pure function of its axes and marks. */

export type Point = readonly [x: number, y: number]

interface Named {
  /** In the legend; marks without a name are not in it. */
  readonly name?: string
  readonly colour?: Colour
}

export type Mark =
  | (Named & { readonly kind: 'line'; readonly points: readonly Point[]; readonly dashed?: boolean })
  | (Named & { readonly kind: 'band'; readonly points: readonly (readonly [x: number, low: number, high: number])[] })
  | (Named & {
      readonly kind: 'bars'
      readonly points: readonly Point[]
      readonly width: number
      readonly shift: number
    })
  | (Named & { readonly kind: 'points'; readonly points: readonly Point[]; readonly shape: 'dot' | 'ring' | 'cross' })
  | (Named & { readonly kind: 'rule'; readonly at: number; readonly across: 'x' | 'y' })

export interface Chart {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly height?: number
}

// Mid tones: each is legible on white and on near black, whatever theme a notebook is read in.
const colours = {
  blue: '#3f88c5',
  orange: '#dd7a2c',
  green: '#3a9d6e',
  red: '#d94f4f',
  violet: '#8f6fc2',
  grey: '#8a8f98',
} as const
export type Colour = keyof typeof colours
const ink = '#7b8088'

const width = 720
const margin = { left: 66, right: 16, top: 50, bottom: 42 }

export const line = (points: readonly Point[], options: Named & { dashed?: boolean } = {}): Mark => ({
  kind: 'line',
  points,
  ...options,
})

/** An area between two lines. */
export const band = (points: readonly (readonly [number, number, number])[], options: Named = {}): Mark => ({
  kind: 'band',
  points,
  ...options,
})

/** Bars from the axis' foot; `width` and `shift` in units of x, so that groups can stand side by side. */
export const bars = (points: readonly Point[], options: Named & { width?: number; shift?: number } = {}): Mark => ({
  kind: 'bars',
  points,
  width: 0.8,
  shift: 0,
  ...options,
})

/** How often values fall into `count` equal bins from `from` to `to`, as shares of all; what lies outside is in the end bins. */
export function histogram(
  values: readonly number[],
  { from, to, count, ...options }: Named & { from: number; to: number; count: number },
): Mark {
  const step = (to - from) / count
  const shares = new Float64Array(count)
  for (const x of values) {
    const bin = Math.max(0, Math.min(count - 1, Math.floor((x - from) / step)))
    shares[bin] = (shares[bin] as number) + 1 / values.length
  }
  const points = Array.from(shares, (share, bin): Point => [from + (bin + 0.5) * step, share])
  return { kind: 'bars', points, width: 0.94 * step, shift: 0, ...options }
}

export const scatter = (
  points: readonly Point[],
  options: Named & { shape?: 'dot' | 'ring' | 'cross' } = {},
): Mark => ({ kind: 'points', points, shape: 'dot', ...options })

/** A straight line across the chart at one value of y (or of x, which stands upright). */
export const rule = (at: number, options: Named & { across?: 'x' | 'y' } = {}): Mark => ({
  kind: 'rule',
  at,
  across: 'y',
  ...options,
})

/** A chart of promised against actual shares: on the dashed diagonal they are equal. */
export function calibration(points: readonly Point[], options: Named & { from?: number; to?: number } = {}): Mark[] {
  const { from = 0, to = 1, ...named } = options
  const diagonal: Point[] = [
    [from, from],
    [to, to],
  ]
  return [
    line(diagonal, { dashed: true, colour: 'grey', name: 'as promised' }),
    line(points, { ...named, name: '' }),
    scatter(points, named),
  ]
}

/** The whole picture. Later marks lie on top. */
export function chart({ title, x, y, height = 260 }: Chart, marks: readonly Mark[]): string {
  const right = width - margin.right
  const foot = height - margin.bottom
  const xs = makeScale(x, marks.flatMap(xsOf), margin.left, right)
  const ys = makeScale(padded(y, marks.flatMap(ysOf)), [], foot, margin.top)
  const names = marks.filter(mark => mark.name)
  const alt = `${title}. Across: ${x.label}. Up: ${y.label}.`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="${ink}">`,
    `<title>${escaped(alt)}</title>`,
    `<text x="${margin.left}" y="16" font-size="14" font-weight="600">${escaped(title)}</text>`,
    ...legend(names),
    ...ys.ticks.flatMap(({ pixel, text }) => [
      `<path d="M${margin.left} ${px(pixel)}H${right}" stroke="${ink}" stroke-opacity=".22"/>`,
      `<text x="${margin.left - 7}" y="${px(pixel + 4)}" text-anchor="end">${escaped(text)}</text>`,
    ]),
    ...xs.ticks.map(
      ({ pixel, text }) =>
        `<text x="${px(pixel)}" y="${foot + 16}" text-anchor="${pixel > right - 20 ? 'end' : 'middle'}">${escaped(text)}</text>`,
    ),
    `<path d="M${margin.left} ${foot}H${right}" stroke="${ink}" stroke-opacity=".6"/>`,
    `<text x="${(margin.left + right) / 2}" y="${height - 6}" text-anchor="middle">${escaped(x.label)}</text>`,
    `<text transform="translate(13 ${(margin.top + foot) / 2}) rotate(-90)" text-anchor="middle">${escaped(y.label)}</text>`,
    ...marks.map(mark => drawn(mark, xs, ys, { right, foot })),
    '</svg>',
  ].join('\n')
}

/** The text alternative of a chart, for people who cannot see it. */
export function titleOf(svg: string): string {
  return /<title>(.*)<\/title>/.exec(svg)?.[1] ?? ''
}

function legend(marks: readonly Mark[]): string[] {
  let x = margin.left
  return marks.map(mark => {
    const at = x
    const name = mark.name as string
    // Six and a half pixels a letter is about right for every system's font.
    x += 34 + 6.5 * name.length
    return `${swatch(mark, at)}<text x="${px(at + 18)}" y="36">${escaped(name)}</text>`
  })
}

function swatch(mark: Mark, x: number): string {
  const colour = colourOf(mark)
  if (mark.kind === 'points') return symbol(mark.shape, x + 7, 32, colour)
  if (mark.kind === 'bars' || mark.kind === 'band') {
    return `<rect x="${px(x + 1)}" y="27" width="12" height="10" fill="${colour}" fill-opacity="${mark.kind === 'band' ? 0.28 : 0.8}"/>`
  }
  return `<path d="M${px(x)} 32h14" stroke="${colour}" stroke-width="2"${dashes(mark)}/>`
}

function drawn(mark: Mark, xs: Scale, ys: Scale, { right, foot }: { right: number; foot: number }): string {
  const colour = colourOf(mark)
  const y = (value: number) => ys.pixel(Math.max(ys.from, Math.min(ys.to, value)))
  switch (mark.kind) {
    case 'line':
      return `<path d="${path(thinned(mark.points, xs).map(([a, b]) => [xs.pixel(a), y(b)]))}" fill="none" stroke="${colour}" stroke-width="1.6" stroke-linejoin="round"${dashes(mark)}/>`
    case 'band': {
      const upper = mark.points.map(([a, , high]): Point => [xs.pixel(a), y(high)])
      const lower = mark.points.map(([a, low]): Point => [xs.pixel(a), y(low)])
      return `<path d="${path([...upper, ...lower.reverse()])}Z" fill="${colour}" fill-opacity=".28"/>`
    }
    case 'bars': {
      const wide = Math.abs(xs.pixel(mark.width) - xs.pixel(0))
      const each = mark.points.map(([a, b]) => {
        const top = y(b)
        return `M${px(xs.pixel(a + mark.shift) - wide / 2)} ${px(foot)}V${px(top)}h${px(wide)}V${px(foot)}Z`
      })
      return `<path d="${each.join('')}" fill="${colour}" fill-opacity=".8"/>`
    }
    case 'points':
      return [...new Set(mark.points.map(([a, b]) => symbol(mark.shape, xs.pixel(a), y(b), colour)))].join('')
    case 'rule': {
      const d =
        mark.across === 'y'
          ? `M${margin.left} ${px(y(mark.at))}H${right}`
          : `M${px(xs.pixel(mark.at))} ${margin.top}V${foot}`
      return `<path d="${d}" stroke="${colour}" stroke-width="1.3"${dashes(mark)}/>`
    }
  }
}

function symbol(shape: 'dot' | 'ring' | 'cross', x: number, y: number, colour: string): string {
  if (shape === 'cross') {
    return `<path d="M${px(x - 3.5)} ${px(y - 3.5)}l7 7m0-7l-7 7" stroke="${colour}" stroke-width="1.8"/>`
  }
  const fill = shape === 'dot' ? `fill="${colour}"` : `fill="none" stroke="${colour}" stroke-width="1.8"`
  return `<circle cx="${px(x)}" cy="${px(y)}" r="${shape === 'dot' ? 3.2 : 5}" ${fill}/>`
}

/** A year of hours has more points than the picture has pixels: of each pixel's column the lowest and the highest stay. */
export function thinned(points: readonly Point[], xs: Scale): Point[] {
  if (points.length <= 2 * width) return [...points]
  const columns = new Map<number, { low: number; high: number }>()
  points.forEach(([x, y], i) => {
    const column = Math.round(xs.pixel(x))
    const kept = columns.get(column)
    if (kept === undefined) columns.set(column, { low: i, high: i })
    else if (y < (points[kept.low] as Point)[1]) kept.low = i
    else if (y > (points[kept.high] as Point)[1]) kept.high = i
  })
  const kept = [...columns.values()].flatMap(({ low, high }) =>
    low === high ? [low] : [low, high].sort((a, b) => a - b),
  )
  return kept.map(i => points[i] as Point)
}

function padded(axis: Axis, values: readonly number[]): Axis {
  if (axis.kind === 'log') {
    const positive = values.filter(x => x > 0)
    return { ...axis, from: axis.from ?? least(positive), to: axis.to ?? most(positive) }
  }
  const [low, high] = [axis.from ?? least(values), axis.to ?? most(values)]
  const step = niceStep(Math.max(high - low, 1e-12) / 8)
  return { ...axis, from: axis.from ?? Math.floor(low / step) * step, to: axis.to ?? Math.ceil(high / step) * step }
}

const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Infinity)
const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity)

function xsOf(mark: Mark): number[] {
  if (mark.kind === 'rule') return mark.across === 'x' ? [mark.at] : []
  if (mark.kind === 'bars') return mark.points.flatMap(([x]) => [x - mark.width / 2, x + mark.width / 2])
  return mark.points.map(point => point[0])
}

function ysOf(mark: Mark): number[] {
  if (mark.kind === 'rule') return mark.across === 'y' ? [mark.at] : []
  if (mark.kind === 'band') return mark.points.flatMap(([, low, high]) => [low, high])
  const ys = (mark.points as readonly Point[]).map(([, y]) => y)
  return mark.kind === 'bars' ? [0, ...ys] : ys
}

const path = (points: readonly Point[]) => points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('')
const colourOf = (mark: Mark) => colours[mark.colour ?? 'blue']
const dashes = (mark: Mark) =>
  mark.kind === 'rule' || (mark.kind === 'line' && mark.dashed) ? ' stroke-dasharray="5 4"' : ''
/** A tenth of a pixel is finer than anyone sees, and keeps notebooks small. */
const px = (x: number) => Number(x.toFixed(1))
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

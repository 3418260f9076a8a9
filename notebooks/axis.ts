/** One axis of a chart. Without `from` and `to` it spans what is drawn. */
export interface Axis {
  /** The quantity and its unit: "close, USD". */
  readonly label: string
  /** `time` is epoch ms, UTC; `names` puts a name at 0, 1, 2 … */
  readonly kind?: 'linear' | 'log' | 'time' | 'names'
  readonly names?: readonly string[]
  readonly from?: number
  readonly to?: number
}

export interface Tick {
  readonly pixel: number
  readonly text: string
}

export interface Scale {
  pixel(x: number): number
  readonly ticks: readonly Tick[]
  readonly from: number
  readonly to: number
}

const dayMs = 86_400_000
const monthNames = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** Maps values to pixels between `start` and `end`, which may run backwards. A log axis takes positive values only. */
export function makeScale(axis: Axis, values: readonly number[], start: number, end: number): Scale {
  const [from, to] = spanOf(axis, values)
  const bend = axis.kind === 'log' ? Math.log10 : (x: number) => x
  const pixel = (x: number) => start + ((bend(x) - bend(from)) / (bend(to) - bend(from))) * (end - start)
  const room = Math.max(2, Math.round(Math.abs(end - start) / (start > end ? 32 : 75)))
  return { pixel, from, to, ticks: tickValues(axis, from, to, room).map(({ x, text }) => ({ pixel: pixel(x), text })) }
}

function spanOf(axis: Axis, values: readonly number[]): [from: number, to: number] {
  if (axis.kind === 'names') return [-0.6, (axis.names?.length ?? 1) - 0.4]
  const usable = axis.kind === 'log' ? values.filter(x => x > 0) : values
  const from = axis.from ?? usable.reduce((least, x) => Math.min(least, x), Infinity)
  const to = axis.to ?? usable.reduce((most, x) => Math.max(most, x), -Infinity)
  return to > from ? [from, to] : [from - 1, from + 1]
}

function tickValues(axis: Axis, from: number, to: number, room: number): { x: number; text: string }[] {
  if (axis.kind === 'names') return (axis.names ?? []).map((text, x) => ({ x, text }))
  if (axis.kind === 'time') return timeTicks(from, to, room)
  if (axis.kind === 'log') return logTicks(from, to, room)
  const step = niceStep((to - from) / room)
  const first = Math.ceil(from / step - 1e-9)
  const count = Math.floor(to / step + 1e-9) - first + 1
  return Array.from({ length: count }, (_, i) => ({ x: (first + i) * step, text: numberText((first + i) * step) }))
}

/** 1, 2 or 5 times a power of ten, the smallest that is at least `least`. */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return power * ([1, 2, 5, 10].find(times => times * power >= least * (1 - 1e-9)) as number)
}

function logTicks(from: number, to: number, room: number): { x: number; text: string }[] {
  const decades = Math.log10(to / from)
  const times = decades * 3 <= room ? [1, 2, 5] : [1]
  const every = Math.max(1, Math.ceil(decades / room))
  const ticks: { x: number; text: string }[] = []
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power += every) {
    for (const x of times.map(n => n * 10 ** power)) {
      if (x >= from * 0.999 && x <= to * 1.001) ticks.push({ x, text: numberText(x) })
    }
  }
  return ticks
}

/** Months where there are several, else days or hours: on round ones. */
function timeTicks(from: number, to: number, room: number): { x: number; text: string }[] {
  const days = (to - from) / dayMs
  if (days > 75) return monthTicks(from, to, Math.ceil(days / 30.4 / room))
  const steps = [1 / 24, 0.125, 0.25, 0.5, 1, 2, 5, 10].map(step => step * dayMs)
  const step = steps.find(ms => (to - from) / ms <= room) ?? 10 * dayMs
  const first = Math.ceil(from / step) * step
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, i) => {
    const x = first + i * step
    const date = new Date(x)
    const hour = `${String(date.getUTCHours()).padStart(2, '0')}:00`
    const day = `${date.getUTCDate()} ${monthNames[date.getUTCMonth()]}`
    return { x, text: step < dayMs && x % dayMs !== 0 ? hour : day }
  })
}

function monthTicks(from: number, to: number, every: number): { x: number; text: string }[] {
  const ticks: { x: number; text: string }[] = []
  const start = new Date(from)
  for (let month = start.getUTCMonth(); ; month++) {
    const x = Date.UTC(start.getUTCFullYear(), month)
    if (x > to) return ticks
    const name = monthNames[month % 12] as string
    if (x >= from && month % every === 0)
      ticks.push({ x, text: month % 12 === 0 ? `${name} ${new Date(x).getUTCFullYear()}` : name })
  }
}

/** Short, with thousands set apart; at most four significant digits below 1. */
export function numberText(x: number): string {
  if (x === 0) return '0'
  const size = Math.abs(x)
  if (size < 1e-4) return x.toExponential(0)
  return Number(x.toPrecision(size < 1 ? 4 : 7)).toLocaleString('en-US', { maximumFractionDigits: 6 })
}

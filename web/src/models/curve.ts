import type { ModelFigures } from '@candlewatch/api/models'
import { nth } from '@candlewatch/core/nth'
import { pathOf } from '../plot/scale.ts'

type Loss = ModelFigures['curves'][number]['losses'][number]

/** The losses of one network, epoch by epoch. */
export interface Line {
  readonly name: string
  /** Drawn in the background, as the teacher is. */
  readonly isQuiet: boolean
  /** The epoch that was kept. */
  readonly kept: number | null
  readonly losses: readonly Loss[]
}

/** A chart of losses, as the paths of an SVG. */
export interface Curve {
  readonly width: number
  readonly height: number
  /** The area of the lines. */
  readonly frame: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }
  readonly epochs: readonly Tick[]
  readonly losses: readonly Tick[]
  readonly paths: readonly {
    readonly name: string
    readonly isQuiet: boolean
    readonly path: string
    readonly points: readonly Point[]
    readonly kept: Point | null
  }[]
  /** The largest loss, if it lies above the frame; the first epochs would flatten all others. */
  readonly above: number | null
}

interface Point {
  readonly x: number
  readonly y: number
  readonly epoch: number
  readonly loss: number
}

interface Tick {
  readonly at: number
  readonly label: string
}

const [width, height] = [360, 180]
const frame = { left: 52, right: width - 10, top: 10, bottom: height - 24 }
/** With fewer epochs than this, all of them set the scale. */
const enoughEpochs = 3
/** The share of the epochs, at the start, that the scale leaves out. */
const unscaled = 0.2
const mostEpochTicks = 7

/** Draws the losses of one kind over the epochs; null while there are none. `epochs` is how many there will be. */
export function curveOf(lines: readonly Line[], kind: 'training' | 'validation', epochs: number): Curve | null {
  const known = lines
    .map(line => ({
      ...line,
      points: line.losses.flatMap(loss => {
        const value = loss[kind]
        return value === null ? [] : [{ epoch: loss.epoch, loss: value }]
      }),
    }))
    .filter(({ points }) => points.length > 0)
  const all = known.flatMap(({ points }) => points)
  if (all.length === 0) return null
  const last = Math.max(epochs, ...all.map(({ epoch }) => epoch))
  const reached = Math.max(...all.map(({ epoch }) => epoch))
  const scaledFrom = reached < enoughEpochs ? 1 : 1 + Math.max(1, Math.floor(reached * unscaled))
  const shown = all.filter(({ epoch }) => epoch >= scaledFrom)
  const ticks = niceTicks(Math.min(...all.map(one => one.loss)), Math.max(...shown.map(one => one.loss)))
  const [low, high] = [nth(ticks, 0), nth(ticks, ticks.length - 1)]
  const x = (epoch: number) => round(frame.left + ((epoch - 1) / Math.max(1, last - 1)) * (frame.right - frame.left))
  const y = (loss: number) => round(frame.bottom - ((loss - low) / (high - low)) * (frame.bottom - frame.top))
  const most = Math.max(...all.map(one => one.loss))
  return {
    width,
    height,
    frame,
    epochs: epochTicks(last).map(epoch => ({ at: x(epoch), label: String(epoch) })),
    losses: ticks.map(loss => ({ at: y(loss), label: loss.toFixed(digitsOf(high - low)) })),
    paths: known.map(({ name, isQuiet, kept, points: its }) => {
      const points = its.map(point => ({ ...point, x: x(point.epoch), y: y(point.loss) }))
      return {
        name,
        isQuiet,
        points,
        path: pathOf(points.map(({ x, y }) => [x, y])),
        kept: points.find(({ epoch }) => epoch === kept) ?? null,
      }
    }),
    above: most > high ? most : null,
  }
}

/** Three to six round values that include both ends. */
function niceTicks(from: number, to: number): readonly number[] {
  const span = Math.max(to - from, Math.abs(to) * 1e-3, 1e-9)
  const rough = span / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map(of => of * power).find(of => of >= rough) as number
  const first = Math.floor(from / step + 1e-9)
  const ticks = Math.max(1, Math.ceil(to / step - 1e-9) - first)
  return Array.from({ length: ticks + 1 }, (_, i) => (first + i) * step)
}

function digitsOf(span: number): number {
  return Math.max(0, Math.ceil(-Math.log10(span / 4)))
}

function epochTicks(last: number): readonly number[] {
  const step = Math.ceil((last - 1) / (mostEpochTicks - 1)) || 1
  return Array.from({ length: Math.floor((last - 1) / step) + 1 }, (_, i) => 1 + i * step)
}

const round = (x: number) => Number(x.toFixed(1))

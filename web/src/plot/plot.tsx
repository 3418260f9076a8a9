import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { zone } from '../format/zone.ts'
import { linear, nearest, roundTicks, type Scale, stepped } from './scale.ts'
import { timeTicks } from './ticks.ts'
import './plot.css'

/** The scales of a plot, in pixels from the top left. */
export interface PlotPlace {
  readonly x: Scale
  readonly y: Scale
  /** The edges of the drawing: where time begins, the top, and the axis. */
  readonly left: number
  readonly top: number
  readonly foot: number
}

interface Props {
  /** A description of the plot for screen readers. */
  readonly label: string
  readonly width: number
  readonly height?: number
  readonly times: readonly [from: number, to: number]
  readonly values: readonly [least: number, greatest: number]
  readonly formatValue: (value: number) => string
  /** The times at which a pointer or an arrow key stops, ascending; at least one. */
  readonly stops: readonly number[]
  /** Describes a stop in one line. */
  readonly describe: (stop: number) => string
  readonly children: (place: PlotPlace) => ComponentChildren
  readonly [data: `data-${string}`]: unknown
}

const margin = { top: 8, right: 4, bottom: 34, left: 44 }
const pxPerTick = 96

/** A plot over time: axes, the drawing, and a line above that describes the time under the pointer. */
export function Plot(props: Props) {
  const { label, width, height = 190, stops, describe, times, values, formatValue, children, ...data } = props
  const [pointed, setPointed] = useState<number | null>(null)
  const stop = Math.min(pointed ?? stops.length - 1, stops.length - 1)
  const right = Math.max(width - margin.right, margin.left + 1)
  const x = linear(times, [margin.left, right])
  const y = linear(values, [height - margin.bottom, margin.top])
  const point = (event: PointerEvent) => {
    const px = event.clientX - (event.currentTarget as Element).getBoundingClientRect().left
    setPointed(nearest(stops.map(x), px))
  }
  return (
    <div
      class="time-plot"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={stops.length - 1}
      aria-valuenow={stop}
      aria-valuetext={describe(stop)}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => setPointed(null)}
      onBlur={() => setPointed(null)}
      onKeyDown={event => {
        const to = stepped(event.key, stop, stops.length - 1)
        if (to === null) return
        event.preventDefault()
        setPointed(to)
      }}
      {...data}
    >
      <p class="plot-text" data-testid="plot-text">
        {describe(stop)}
      </p>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {roundTicks(values, 4).map(value => (
          <g key={value}>
            <path class="plot-grid" d={`M${margin.left} ${y(value)}H${right}`} />
            <text class="is-value" x={margin.left - 6} y={y(value) + 4}>
              {formatValue(value)}
            </text>
          </g>
        ))}
        <Times times={times} x={x} y={height - margin.bottom} width={right - margin.left} />
        {pointed !== null && (
          <path class="plot-cursor" d={`M${x(stops[stop]!)} ${margin.top}V${height - margin.bottom}`} />
        )}
        {children({ x, y, left: margin.left, top: margin.top, foot: height - margin.bottom })}
      </svg>
    </div>
  )
}

interface TimesProps {
  readonly times: Props['times']
  readonly x: Scale
  /** The height of the axis. */
  readonly y: number
  readonly width: number
}

function Times({ times, x, y, width }: TimesProps) {
  const { at, text } = timeTicks(times, Math.max(1, Math.floor(width / pxPerTick)), zone.value)
  // Labels nearer to the right edge would be cut off.
  const last = x(times[1]) - 16
  return (
    <>
      {at.map((time, i) => (
        <g key={time}>
          <path class="plot-tick" d={`M${x(time)} ${y}v4`} />
          {x(time) <= last &&
            (text[i] ?? '').split('<br>').map((line, n) => (
              <text key={line} class="is-time" x={x(time)} y={y + 16 + n * 14}>
                {line}
              </text>
            ))}
        </g>
      ))}
    </>
  )
}

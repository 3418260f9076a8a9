import type { Paint } from './paint.ts'
import { peerScriptBytes } from './peers/server.ts'
import { scriptSizes } from './scripts.ts'
import type { Answer } from './subject.ts'
import type { Measured } from './table.ts'
import type { Update } from './update.ts'
import type { Zooms } from './zoom.ts'

/** A list of rounds for each subject: the page, plain Plotly, lightweight-charts; or for the page alone. */
type Rounds<T> = readonly (readonly T[])[]

/** The measurements of all rounds. */
export interface Found {
  readonly paints: Rounds<Paint>
  /** With a week in the visible range. */
  readonly weeks: Rounds<Update>
  /** With a year in the visible range. */
  readonly years: Rounds<Update>
  readonly zooms: Rounds<Zooms>
}

/** Makes the lines of the table with the limits of the page. `dist` is the built page. */
export function linesOf({ paints, weeks, years, zooms }: Found, dist: string): Measured[] {
  const scripts = scriptSizes(dist)
  return [
    { what: 'first chart, nothing cached', unit: 'ms', mark: 1_000, ...each(paints, one => one.coldMs) },
    { what: 'first chart, scripts cached', unit: 'ms', mark: 1_000, ...each(paints, one => one.warmMs) },
    { what: 'a year of hours at hand', unit: 'ms', mark: null, ...each(paints, one => one.allMs) },
    ...updateLines('a week in sight', weeks),
    ...updateLines('a year in sight', years),
    { what: 'memory of scripts with a year', unit: 'MB', mark: null, ...each(years, one => one.heapMegabytes) },
    ...zoomLines('100,000 bars, in to a week', zooms, one => one.in),
    ...zoomLines('100,000 bars, out to all', zooms, one => one.out),
    ...zoomLines('100,000 bars, in by the wheel', zooms, one => one.wheel),
    {
      what: 'scripts before another room, gzipped',
      unit: 'kB',
      mark: 450,
      ours: [scripts.firstRoom / 1_000],
      peers: [[peerScriptBytes('plotly') / 1_000], [peerScriptBytes('lightweight') / 1_000]],
    },
    { what: 'scripts in all rooms, gzipped', unit: 'kB', mark: 560, ours: [scripts.all / 1_000], peers: [null, null] },
    {
      what: 'scripts before the first paint, gzipped',
      unit: 'kB',
      mark: null,
      ours: [scripts.first / 1_000],
      peers: [null, null],
    },
  ]
}

function updateLines(span: string, updates: Rounds<Update>): Measured[] {
  return [
    { what: `main thread busy, ${span}`, unit: '%', mark: 50, ...each(updates, one => one.busyPercent) },
    { what: '… on a processor', unit: '%', mark: null, ...each(updates, one => one.computingPercent) },
    { what: '… longest frame', unit: 'ms', mark: 100, always: true, ...each(updates, one => one.longestFrameMs) },
  ]
}

function zoomLines(what: string, zooms: Rounds<Zooms>, of: (zooms: Zooms) => readonly Answer[]): Measured[] {
  const first = each(zooms, one => of(one).map(({ firstMs }) => firstMs))
  const last = each(zooms, one => of(one).map(({ lastMs }) => lastMs))
  return [
    { what: `${what}, first frame`, unit: 'ms', mark: null, ...first },
    { what: '… at rest, every bar in place', unit: 'ms', mark: 200, ...last },
  ]
}

/** Picks one or more figures from each subject's rounds. */
function each<T>(
  [ours, plotly, lightweight]: Rounds<T>,
  figure: (one: T) => number | readonly number[],
): Pick<Measured, 'ours' | 'peers'> {
  return { ours: ours!.flatMap(figure), peers: [plotly, lightweight].map(peer => peer?.flatMap(figure) ?? null) }
}

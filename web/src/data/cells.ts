import { parseInterval } from '@candlewatch/core/interval'
import type { Coverage, Stretch } from '../api/data.ts'

/** One cell of the bar: a stretch of time, whether anything is there or not. */
export interface Cell extends Stretch {
  readonly from: number
  readonly to: number
  readonly kind: 'whole' | 'part' | 'imported' | 'none'
}

/** Every stretch from the first row to the last, those in which there is nothing too, oldest first. */
export function cellsOf({ stretches, width, interval, first, last }: Coverage): readonly Cell[] {
  const [oldest, newest] = [stretches[0], stretches.at(-1)]
  const widthMs = parseInterval(width)
  const intervalMs = parseInterval(interval)
  if (!oldest || !newest || !widthMs || !intervalMs) return []
  const byDate = new Map(stretches.map(stretch => [Date.parse(stretch.date), stretch]))
  const cells: Cell[] = []
  for (let from = Date.parse(oldest.date); from <= Date.parse(newest.date); from += widthMs) {
    const there = byDate.get(from) ?? nothing(from, isBetween(from, first, last) ? widthMs / intervalMs : 0)
    cells.push({ ...there, from, to: from + widthMs, kind: kindOf(there) })
  }
  return cells
}

const nothing = (from: number, expected: number): Stretch => ({
  date: new Date(from).toISOString(),
  ...{ expected, bars: 0, imported: 0, anomalies: 0, faults: 0 },
})

const isBetween = (at: number, first: string | null, last: string | null) =>
  first !== null && last !== null && at >= Date.parse(first) && at <= Date.parse(last)

function kindOf({ expected, bars, imported }: Stretch): Cell['kind'] {
  if (bars === 0) return imported > 0 ? 'imported' : 'none'
  return bars < expected ? 'part' : 'whole'
}

/** Neighbours that look the same, drawn as one: heights are shares of the bar's own, from the ground up; 1,000 units wide. */
export interface Run {
  readonly x: number
  readonly width: number
  readonly bars: number
  readonly imported: number
  /** Something is missing, and nothing was imported in its place. */
  readonly isHoled: boolean
}

export function runsOf(cells: readonly Cell[]): readonly Run[] {
  const unit = 1_000 / cells.length
  const runs: Run[] = []
  cells.forEach((cell, i) => {
    const there = cell.bars + cell.imported
    const due = Math.max(cell.expected, there)
    const isHoled = there < due
    const shareOf = (count: number) => (due === 0 ? 0 : count / due)
    // One bar of a thousand that is missing must be seen too.
    const bars = Math.min(shareOf(cell.bars), isHoled ? 0.85 : 1)
    const run = { x: i * unit, width: unit, bars, imported: shareOf(cell.imported), isHoled }
    const before = runs.at(-1)
    if (before && isAlike(before, run)) runs[runs.length - 1] = { ...before, width: before.width + unit }
    else runs.push(run)
  })
  return runs
}

const isAlike = (a: Run, b: Run) => a.bars === b.bars && a.imported === b.imported && a.isHoled === b.isHoled

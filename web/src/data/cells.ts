import type { Coverage } from '@candlewatch/api/coverage'
import { parseInterval } from '@candlewatch/core/interval'

type Stretch = Coverage['stretches'][number]

/** One cell of the coverage bar: a stretch of time, with or without bars. */
export interface Cell extends Stretch {
  readonly from: number
  readonly to: number
  readonly kind: 'whole' | 'part' | 'imported' | 'none'
}

/** Every stretch from the first row to the last, empty ones included, oldest first. */
export function cellsOf({ stretches, width, interval, first, last }: Coverage): readonly Cell[] {
  const [oldest, newest] = [stretches[0], stretches.at(-1)]
  const widthMs = parseInterval(width)
  const intervalMs = parseInterval(interval)
  if (!oldest || !newest || !widthMs || !intervalMs) return []
  const byDate = new Map(stretches.map(stretch => [Date.parse(stretch.date), stretch]))
  const cells: Cell[] = []
  for (let from = Date.parse(oldest.date); from <= Date.parse(newest.date); from += widthMs) {
    const stretch = byDate.get(from) ?? emptyStretch(from, isBetween(from, first, last) ? widthMs / intervalMs : 0)
    cells.push({ ...stretch, from, to: from + widthMs, kind: kindOf(stretch) })
  }
  return cells
}

function emptyStretch(from: number, expected: number): Stretch {
  return { date: new Date(from).toISOString(), expected, bars: 0, imported: 0, anomalies: 0, faults: 0 }
}

const isBetween = (at: number, first: string | null, last: string | null) =>
  first !== null && last !== null && at >= Date.parse(first) && at <= Date.parse(last)

function kindOf({ expected, bars, imported }: Stretch): Cell['kind'] {
  if (bars === 0) return imported > 0 ? 'imported' : 'none'
  return bars < expected ? 'part' : 'whole'
}

/** Neighbouring cells that look the same, drawn as one. Positions are in thousandths of the bar, heights are shares of it from the bottom. */
export interface Run {
  readonly x: number
  readonly width: number
  readonly bars: number
  readonly imported: number
  /** Bars are missing, and nothing was imported in their place. */
  readonly isHoled: boolean
}

/** Merges neighbouring cells that look the same. */
export function runsOf(cells: readonly Cell[]): readonly Run[] {
  const unit = 1_000 / cells.length
  const runs: Run[] = []
  cells.forEach((cell, i) => {
    const present = cell.bars + cell.imported
    const due = Math.max(cell.expected, present)
    const isHoled = present < due
    const shareOf = (count: number) => (due === 0 ? 0 : count / due)
    // One missing bar of a thousand must be visible too.
    const bars = Math.min(shareOf(cell.bars), isHoled ? 0.85 : 1)
    const run = { x: i * unit, width: unit, bars, imported: shareOf(cell.imported), isHoled }
    const before = runs.at(-1)
    if (before && isAlike(before, run)) runs[runs.length - 1] = { ...before, width: before.width + unit }
    else runs.push(run)
  })
  return runs
}

const isAlike = (a: Run, b: Run) => a.bars === b.bars && a.imported === b.imported && a.isHoled === b.isHoled

import type { Coverage } from '@candlewatch/api/coverage'
import { isoDate } from '@candlewatch/core/interval'
import { useMemo, useState } from 'preact/hooks'
import { counted } from '../format/count.ts'
import { formatDay, formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { openChart } from '../layout/links.tsx'
import { stepped } from '../plot/scale.ts'
import { type Cell, cellsOf, runsOf } from './cells.ts'

/** The history of a stream from left to right: full where there are bars, empty where they are missing. It is read cell by cell. */
export function CoverageBar({ coverage }: { readonly coverage: Coverage }) {
  const cells = useMemo(() => cellsOf(coverage), [coverage])
  const [read, setRead] = useState<number | null>(null)
  if (cells.length === 0) return null
  const index = read === null ? null : Math.min(read, cells.length - 1)
  const cell = index === null ? undefined : cells[index]
  const [from, to] = endsOf(coverage)
  const open = () => {
    // The first stretch may start before the first bar.
    const first = Date.parse(coverage.first ?? '')
    if (cell && cell.bars > 0) openChart(coverage, isoDate(Math.max(cell.from, first)))
  }
  return (
    <div class="coverage">
      <div
        class="coverage-bar"
        role="slider"
        tabIndex={0}
        aria-label={`Coverage of ${coverage.market} ${coverage.interval}`}
        aria-valuemin={0}
        aria-valuemax={cells.length - 1}
        aria-valuenow={index ?? 0}
        aria-valuetext={cell ? sentenceOf(cell) : `${cells.length} stretches; use the arrow keys to read them`}
        data-testid="coverage-bar"
        data-cells={cells.length}
        title="Click to open this place in the chart"
        onClick={open}
        onKeyDown={event => {
          if (event.key === 'Enter') open()
          // Before anything is read, a key starts at the end that it leads away from.
          const outside = /(Left|Down)$/.test(event.key) ? cells.length : -1
          const to = stepped(event.key, index ?? outside, cells.length - 1)
          if (to === null) return
          event.preventDefault()
          event.stopPropagation()
          setRead(to)
        }}
        onPointerMove={event => {
          const { left, width } = event.currentTarget.getBoundingClientRect()
          setRead(Math.min(Math.max(Math.floor(((event.clientX - left) / width) * cells.length), 0), cells.length - 1))
        }}
        onPointerLeave={() => setRead(null)}
        onBlur={() => setRead(null)}
      >
        <Figure cells={cells} read={index} />
      </div>
      <p class="coverage-ends quiet" aria-hidden="true">
        <span>{formatDay(from)}</span>
        <span class="coverage-text">{cell ? sentenceOf(cell) : 'Point at the bar for details'}</span>
        <span>{formatDay(to)}</span>
      </p>
      <Legend cells={cells} />
    </div>
  )
}

/** The first and the last row, judged or not. */
function endsOf({ first, last, imported }: Coverage): readonly [number, number] {
  const known = [first, last, imported?.first, imported?.last].flatMap(date => (date ? [Date.parse(date)] : []))
  return [Math.min(...known), Math.max(...known)]
}

function Figure({ cells, read }: { readonly cells: readonly Cell[]; readonly read: number | null }) {
  const unit = 1_000 / cells.length
  return (
    <svg viewBox="0 0 1000 36" preserveAspectRatio="none" shape-rendering="crispEdges" aria-hidden="true">
      <rect class="is-none" width="1000" height="30" />
      {runsOf(cells).map(({ x, width, bars, imported, isHoled }) => (
        <g key={x}>
          {imported > 0 && (
            <rect class="is-imported" x={x} y={30 - (bars + imported) * 30} width={width} height={imported * 30} />
          )}
          {bars > 0 && <rect class="is-there" x={x} y={30 - bars * 30} width={width} height={bars * 30} />}
          {isHoled && <rect class="is-hole" x={x} y="0" width={Math.max(width, 2)} height="4" />}
        </g>
      ))}
      {cells.map(({ from, faults }, i) =>
        faults > 0 ? (
          <rect key={from} class="is-fault" x={i * unit} y="32" width={Math.max(unit, 3)} height="4" />
        ) : null,
      )}
      {read !== null && <rect class="is-read" x={read * unit} y="0" width={unit} height="30" />}
    </svg>
  )
}

/** Explains the colours that the bar uses. */
function Legend({ cells }: { readonly cells: readonly Cell[] }) {
  const has = (test: (cell: Cell) => boolean) => cells.some(test)
  return (
    <ul class="coverage-legend">
      {has(cell => cell.bars > 0) && <Item kind="there" label="judged" />}
      {has(cell => cell.imported > 0) && <Item kind="imported" label="imported only" />}
      {has(cell => cell.bars + cell.imported < cell.expected) && <Item kind="hole" label="bars missing" />}
      {has(cell => cell.faults > 0) && <Item kind="fault" label="feed faults" />}
    </ul>
  )
}

function Item({ kind, label }: { readonly kind: string; readonly label: string }) {
  return (
    <li>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <rect class="is-none" width="16" height="16" />
        {kind === 'there' && <rect class="is-there" width="16" height="16" />}
        {kind === 'imported' && <rect class="is-imported" width="16" height="16" />}
        {kind === 'hole' && <rect class="is-hole" width="16" height="4" />}
        {kind === 'fault' && <rect class="is-fault" y="12" width="16" height="4" />}
      </svg>
      {label}
    </li>
  )
}

/** Describes a cell: `12 May 2021 00:00 to 13 May 2021 00:00 UTC: 20 of 24 bars, 1 fault`. */
export function sentenceOf({ from, to, expected, bars, imported, anomalies, faults }: Cell): string {
  const parts = [
    expected > 0 ? `${bars} of ${counted(expected, 'bar')}` : bars > 0 && counted(bars, 'bar'),
    imported > 0 && `${counted(imported, 'row')} imported only`,
    anomalies > 0 && counted(anomalies, 'alarm'),
    faults > 0 && counted(faults, 'fault'),
  ].filter(part => part !== false)
  const when = `${formatMinute(from)} to ${formatMinute(to)} ${zoneName()}`
  return `${when}: ${parts.join(', ') || 'no rows'}`
}

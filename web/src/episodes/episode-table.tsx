import { rarityText } from '@candlewatch/api/values/rarity'
import { keysOf } from '../format/keys-of.ts'
import { formatChange } from '../format/price.ts'
import { formatMinute, formatSpan } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Mark } from '../marks/mark.tsx'
import { markNames, typeNames, typeSigns } from '../marks/marks.ts'
import { part } from '../state/store.ts'
import type { Entry } from './entry.ts'
import { type Column, columns, type Filter, sortedBy } from './filter.ts'
import { openEntry, openedEntry } from './opened.ts'
import './episode-table.css'

const intervalMs = part(state => state.intervalMs)
const labels = part(state => state.labels)

const columnNames: Readonly<Record<Column, string>> = {
  severity: 'severity',
  type: 'type',
  start: 'start',
  lasted: 'duration',
  size: 'size',
  rarity: 'rarity',
  'seen by': 'seen by',
}

interface Props {
  readonly rows: readonly Entry[]
  readonly filter: Filter
  readonly onSort: (filter: Filter) => void
}

/** Episodes and faults, one in a row; the column heads sort them. */
export function EpisodeTable({ rows, filter, onSort }: Props) {
  return (
    <div class="rows">
      <table>
        <thead>
          <tr>
            {keysOf(columns).map(column => (
              <th
                key={column}
                class={`at-${column.replace(' ', '-')}`}
                aria-sort={filter.sortBy !== column ? 'none' : filter.descending ? 'descending' : 'ascending'}
              >
                <button
                  type="button"
                  onClick={() => onSort(sortedBy(filter, column))}
                  data-testid={`sort-${column.replace(' ', '-')}`}
                >
                  {columnNames[column]}
                  {column === 'start' && `, ${zoneName()}`}
                  <i aria-hidden="true">{filter.sortBy !== column ? '' : filter.descending ? ' ▾' : ' ▴'}</i>
                </button>
              </th>
            ))}
            <th class="at-because">reason</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(entry => (
            <Row key={`${entry.start}${entry.kind}`} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ entry }: { readonly entry: Entry }) {
  const { kind, type, start, end, isOver, pValue, size, seenBy, detectors, peak, because } = entry
  const label = labels.value.get(peak)
  const isOpen = openedEntry.value?.start === start
  return (
    <tr
      class={isOpen ? 'is-open' : ''}
      data-testid="anomaly-item"
      data-date={new Date(start).toISOString()}
      data-peak={new Date(peak).toISOString()}
      data-severity={kind}
      data-type={type}
      data-size={size ?? ''}
      onClick={() => openEntry(entry)}
    >
      <td class="at-severity">
        {/* The keyboard reaches the row here; a click anywhere in the row does the same. */}
        <button type="button" class={`verdict-text is-${kind}`} aria-expanded={isOpen} title="Open">
          <Mark kind={kind} /> {markNames[kind]}
        </button>
        {label && <span class="label-mark"> {label}</span>}
      </td>
      <td class="at-type">
        <span aria-hidden="true">{typeSigns[type]}</span> {typeNames[type]}
      </td>
      <td class="at-start">{formatMinute(start)}</td>
      <td class="at-lasted">{isOver ? formatSpan(end - start + intervalMs.value) : 'ongoing'}</td>
      <td class="at-size">{size === null ? '–' : formatChange(size, 1)}</td>
      <td class="at-rarity">{rarityText(pValue, intervalMs.value)}</td>
      <td class="at-seen-by">{detectors > 0 ? `${seenBy} of ${detectors}` : '–'}</td>
      <td class="at-because quiet" title={because}>
        {because}
      </td>
    </tr>
  )
}

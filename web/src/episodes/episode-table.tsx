import { rarityText } from '@candlewatch/api/values/rarity'
import { formatChange } from '../format/price.ts'
import { formatMinute, formatSpan } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Mark } from '../marks/mark.tsx'
import { markNames, typeNames, typeSigns } from '../marks/marks.ts'
import { part } from '../state/store.ts'
import type { Entry } from './entry.ts'
import { type Column, columns, type Filter, sorted } from './filter.ts'
import { openEntry, openedEntry } from './opened.ts'
import './episode-table.css'

const intervalMs = part(state => state.intervalMs)
const labels = part(state => state.labels)

interface Props {
  readonly rows: readonly Entry[]
  readonly filter: Filter
  readonly onSort: (filter: Filter) => void
}

export function EpisodeTable({ rows, filter, onSort }: Props) {
  return (
    <div class="rows">
      <table>
        <thead>
          <tr>
            {(Object.keys(columns) as Column[]).map(column => (
              <th
                key={column}
                class={`at-${column.replace(' ', '-')}`}
                aria-sort={filter.sortBy !== column ? 'none' : filter.descending ? 'descending' : 'ascending'}
              >
                <button type="button" onClick={() => onSort(sorted(filter, column))}>
                  {column === 'start' ? `start, ${zoneName()}` : column}
                  <i aria-hidden="true">{filter.sortBy !== column ? '' : filter.descending ? ' ▾' : ' ▴'}</i>
                </button>
              </th>
            ))}
            <th class="at-because">what happened</th>
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
  const mark = labels.value.get(peak)
  const chosen = openedEntry.value?.start === start
  return (
    <tr
      class={chosen ? 'is-open' : ''}
      data-testid="anomaly-item"
      data-date={new Date(start).toISOString()}
      data-severity={kind}
      data-type={type}
      onClick={() => openEntry(entry)}
    >
      <td class="at-severity">
        {/* The row's one stop for the keyboard; a click anywhere in the row does the same. */}
        <button type="button" class={`verdict-word is-${kind}`} aria-expanded={chosen} title="Open">
          <Mark kind={kind} /> {markNames[kind]}
        </button>
        {mark && <span class="said"> {mark}</span>}
      </td>
      <td class="at-type">
        <span aria-hidden="true">{typeSigns[type]}</span> {typeNames[type]}
      </td>
      <td class="at-start">{formatMinute(start)}</td>
      <td class="at-lasted">{isOver ? formatSpan(end - start + intervalMs.value) : 'goes on'}</td>
      <td class="at-size">{size === null ? '–' : formatChange(size, 1)}</td>
      <td class="at-rarity">{rarityText(pValue, intervalMs.value)}</td>
      <td class="at-seen-by">{detectors > 0 ? `${seenBy} of ${detectors}` : '–'}</td>
      <td class="at-because quiet" title={because}>
        {because}
      </td>
    </tr>
  )
}

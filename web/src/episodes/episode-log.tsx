import { computed, signal } from '@preact/signals'
import { countBy, formatCount } from '../format/count.ts'
import { keysOf } from '../format/keys-of.ts'
import { Mark } from '../marks/mark.tsx'
import { type EpisodeType, kinds, type MarkKind, markNames, typeNames, types } from '../marks/marks.ts'
import { state } from '../state/store.ts'
import { csvOf } from './entry.ts'
import { EpisodeTable } from './episode-table.tsx'
import { defaultFilter, type Filter, isFiltered, type Recency } from './filter.ts'
import { filter, rows } from './log.ts'
import { entries } from './opened.ts'
import './episode-log.css'

const pageRows = 50

const page = signal(0)
const lastPage = computed(() => Math.max(0, Math.ceil(rows.value.length / pageRows) - 1))
const shownPage = computed(() => Math.min(page.value, lastPage.value))
const shownRows = computed(() => rows.value.slice(shownPage.value * pageRows, (shownPage.value + 1) * pageRows))
const byKind = computed(() => countBy(entries.value.map(({ kind }) => kind)))
const byType = computed(() => countBy(entries.value.map(({ type }) => type)))

function change(to: Partial<Filter>): void {
  filter.value = { ...filter.value, ...to }
  page.value = 0
}

/** The list of episodes and faults: filtered, sorted, a page at a time. */
export function EpisodeLog() {
  const { length } = rows.value
  const from = shownPage.value * pageRows
  return (
    <section class="log" aria-label="Episodes" data-testid="anomaly-list">
      <Filters />
      {length === 0 ? <NoRows /> : <EpisodeTable rows={shownRows.value} filter={filter.value} onSort={change} />}
      <footer class="log-foot">
        <span class="quiet" data-testid="log-count" data-rows={length} data-from={length === 0 ? 0 : from + 1}>
          {length === 0 ? 'None' : `${from + 1} to ${Math.min(from + pageRows, length)} of ${formatCount(length)}`}
        </span>
        {lastPage.value > 0 && (
          <span class="pager">
            <PageButton label="Previous page" sign="‹" to={shownPage.value - 1} />
            <PageButton label="Next page" sign="›" to={shownPage.value + 1} />
          </span>
        )}
        <button type="button" class="small" disabled={length === 0} onClick={saveCsv} data-testid="save-csv">
          Save as CSV
        </button>
      </footer>
    </section>
  )
}

function PageButton({ label, sign, to }: { readonly label: string; readonly sign: string; readonly to: number }) {
  return (
    <button
      type="button"
      class="small"
      aria-label={label}
      disabled={to < 0 || to > lastPage.value}
      data-testid={to < shownPage.value ? 'previous-page' : 'next-page'}
      onClick={() => {
        page.value = to
      }}
    >
      {sign}
    </button>
  )
}

const recencyNames: Readonly<Record<Recency, string>> = {
  '1h': 'Last hour',
  '6h': 'Last 6 h',
  '24h': 'Last 24 h',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '1y': 'Last year',
  all: 'Any time',
}

function Filters() {
  const { kinds: chosen, type, lane, recency } = filter.value
  const toggle = (kind: MarkKind) =>
    change({ kinds: chosen.includes(kind) ? chosen.filter(one => one !== kind) : [...chosen, kind] })
  return (
    <div class="filters">
      <fieldset class="chips">
        <legend class="unseen">Severity</legend>
        {kinds.map(kind => (
          <button
            key={kind}
            type="button"
            class="chip"
            aria-pressed={chosen.includes(kind)}
            title={markNames[kind]}
            data-testid={`filter-${kind}`}
            onClick={() => toggle(kind)}
          >
            <Mark kind={kind} /> <span class="unseen">{markNames[kind]} </span>
            {byKind.value.get(kind) ?? 0}
          </button>
        ))}
      </fieldset>
      {isFiltered(filter.value) && <ShowAll />}
      <div class="choices">
        <select
          aria-label="Type"
          value={type}
          data-testid="filter-type"
          onChange={event => change({ type: event.currentTarget.value as EpisodeType | 'all' })}
        >
          <option value="all">Any type</option>
          {types.map(one => (
            <option key={one} value={one}>
              {typeNames[one]} ({byType.value.get(one) ?? 0})
            </option>
          ))}
        </select>
        <select
          aria-label="Lane"
          value={lane}
          data-testid="filter-lane"
          onChange={event => change({ lane: event.currentTarget.value as Filter['lane'] })}
        >
          <option value="all">Both lanes</option>
          <option value="market">Market</option>
          <option value="feed">Feed</option>
        </select>
        <select
          aria-label="Time"
          value={recency}
          data-testid="filter-recency"
          onChange={event => change({ recency: event.currentTarget.value as Recency })}
        >
          {keysOf(recencyNames).map(name => (
            <option key={name} value={name}>
              {recencyNames[name]}
            </option>
          ))}
        </select>
      </div>
    </div>
  )
}

function ShowAll() {
  const { sortBy, descending } = filter.value
  return (
    <button
      type="button"
      class="small"
      onClick={() => change({ ...defaultFilter, sortBy, descending })}
      data-testid="show-all"
    >
      Show all
    </button>
  )
}

function NoRows() {
  const { length } = entries.value
  return (
    <p class="nothing quiet">
      {length === 0
        ? 'No anomalies yet. An episode appears here when its first bar closes.'
        : `No matches (${formatCount(length)} ${length === 1 ? 'episode' : 'episodes'} in total).`}
    </p>
  )
}

function saveCsv(): void {
  const { intervalMs, labels, market } = state.value
  const url = URL.createObjectURL(new Blob([csvOf(rows.value, intervalMs, labels)], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `episodes-${market?.market.replaceAll(/[^\w-]/g, '-')}-${market?.interval}.csv`
  link.click()
  // The download has started by then and keeps its data.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

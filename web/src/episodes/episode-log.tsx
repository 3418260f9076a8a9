import { computed, signal } from '@preact/signals'
import { countBy } from '../format/count.ts'
import { Mark } from '../marks/mark.tsx'
import { type EpisodeType, kinds, type MarkKind, markNames, typeNames, types } from '../marks/marks.ts'
import { state } from '../state/store.ts'
import { csvOf } from './entry.ts'
import { EpisodeTable } from './episode-table.tsx'
import { defaultFilter, type Filter, isFiltered, type Recency, recencies } from './filter.ts'
import { filter, rows } from './log.ts'
import { entries } from './opened.ts'
import './episode-log.css'

const pageRows = 50

const page = signal(0)
const lastPage = computed(() => Math.max(0, Math.ceil(rows.value.length / pageRows) - 1))
/** The rows in view. */
const shown = computed(() => {
  const from = Math.min(page.value, lastPage.value) * pageRows
  return rows.value.slice(from, from + pageRows)
})
const byKind = computed(() => countBy(entries.value.map(({ kind }) => kind)))
const byType = computed(() => countBy(entries.value.map(({ type }) => type)))

function change(to: Partial<Filter>): void {
  filter.value = { ...filter.value, ...to }
  page.value = 0
}

/** One row an episode or fault of the feed: filtered, sorted, a page at a time. */
export function EpisodeLog() {
  const shownPage = Math.min(page.value, lastPage.value)
  const from = shownPage * pageRows
  return (
    <section class="log" aria-label="Anomalies" data-testid="anomaly-list">
      <Filters />
      {rows.value.length === 0 ? (
        <Nothing />
      ) : (
        <EpisodeTable rows={shown.value} filter={filter.value} onSort={change} />
      )}
      <footer class="log-foot">
        <span class="quiet" data-testid="log-count" data-rows={rows.value.length}>
          {rows.value.length === 0
            ? 'None'
            : `${from + 1} to ${Math.min(from + pageRows, rows.value.length)} of ${rows.value.length.toLocaleString('en-US')}`}
        </span>
        {lastPage.value > 0 && (
          <span class="pager">
            <Turn word="Previous page" sign="‹" to={shownPage - 1} />
            <Turn word="Next page" sign="›" to={shownPage + 1} />
          </span>
        )}
        <button type="button" class="small" disabled={rows.value.length === 0} onClick={saveCsv}>
          Save as CSV
        </button>
      </footer>
    </section>
  )
}

function Turn({ word, sign, to }: { readonly word: string; readonly sign: string; readonly to: number }) {
  return (
    <button
      type="button"
      class="small"
      aria-label={word}
      disabled={to < 0 || to > lastPage.value}
      onClick={() => {
        page.value = to
      }}
    >
      {sign}
    </button>
  )
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
          onChange={event => change({ lane: event.currentTarget.value as Filter['lane'] })}
        >
          <option value="all">Both lanes</option>
          <option value="market">Market</option>
          <option value="feed">Feed</option>
        </select>
        <select
          aria-label="How recent"
          value={recency}
          onChange={event => change({ recency: event.currentTarget.value as Recency })}
        >
          {(Object.keys(recencies) as Recency[]).map(name => (
            <option key={name} value={name}>
              {recencyNames[name]}
            </option>
          ))}
        </select>
      </div>
    </div>
  )
}

const recencyNames: Readonly<Record<Recency, string>> = {
  ...{ '1h': 'Last hour', '6h': 'Last 6 h', '24h': 'Last 24 h', '7d': 'Last 7 days', '30d': 'Last 30 days' },
  ...{ '1y': 'Last year', all: 'Any time' },
}

function ShowAll() {
  const { sortBy, descending } = filter.value
  return (
    <button type="button" class="small" onClick={() => change({ ...defaultFilter, sortBy, descending })}>
      Show all
    </button>
  )
}

function Nothing() {
  const all = entries.value.length
  return (
    <p class="nothing quiet">
      {all === 0
        ? 'Nothing out of proportion so far. An episode appears here as its first bar closes.'
        : `None like that among ${all.toLocaleString('en-US')}.`}
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
  // The download has its own hold on the data by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

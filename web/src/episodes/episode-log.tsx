import { computed, effect, signal } from '@preact/signals'
import { part, state } from '../state/store.ts'
import { maxCandles } from '../state/tape.ts'
import { EpisodeTable } from './episode-table.tsx'
import { csvOf, firstWish, kinds, pick, type Recency, recencies, type Wish } from './log.ts'
import { Mark, markWords } from './mark.tsx'
import type { MarkKind } from './marks.ts'
import { askFor, entries } from './opened.ts'
import './episode-log.css'

const pageRows = 50

export const wish = signal<Wish>(firstWish)
const page = signal(0)
const newest = part(({ tape }) => tape.candles.at(-1)?.at ?? 0)
const rows = computed(() => pick(entries.value, wish.value, newest.value))
const lastPage = computed(() => Math.max(0, Math.ceil(rows.value.length / pageRows) - 1))
/** The rows in sight. */
const shown = computed(() => {
  const from = Math.min(page.value, lastPage.value) * pageRows
  return rows.value.slice(from, from + pageRows)
})
// Episodes older than the bars in memory: what their peaks were comes as they are looked at.
effect(() => {
  const since = newest.value - maxCandles * state.peek().intervalMs
  void askFor(shown.value.flatMap(({ verdict, peak }) => (verdict || peak >= since ? [] : [peak])))
})

function change(to: Partial<Wish>): void {
  wish.value = { ...wish.value, ...to }
  page.value = 0
}

/** One row an episode or fault of the feed: filtered, sorted, a page at a time. */
export function EpisodeLog() {
  const shownPage = Math.min(page.value, lastPage.value)
  const from = shownPage * pageRows
  return (
    <section class="log" aria-label="Anomalies" data-testid="anomaly-list">
      <Filters />
      {rows.value.length === 0 ? <Nothing /> : <EpisodeTable rows={shown.value} wish={wish.value} onSort={change} />}
      <footer class="log-foot">
        <span class="quiet" data-testid="log-count" data-rows={rows.value.length}>
          {rows.value.length === 0
            ? 'None'
            : `${from + 1} to ${Math.min(from + pageRows, rows.value.length)} of ${rows.value.length}`}
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
  const { kinds: chosen, lane, recency } = wish.value
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
            title={markWords[kind]}
            onClick={() => toggle(kind)}
          >
            <Mark kind={kind} /> <span class="unseen">{markWords[kind]} </span>
            {entries.value.filter(entry => entry.kind === kind).length}
          </button>
        ))}
      </fieldset>
      <div class="choices">
        <select
          aria-label="Lane"
          value={lane}
          onChange={event => change({ lane: event.currentTarget.value as Wish['lane'] })}
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
          {Object.keys(recencies).map(name => (
            <option key={name} value={name}>
              {name === 'all' ? 'Any time' : `Last ${name}`}
            </option>
          ))}
        </select>
      </div>
    </div>
  )
}

function Nothing() {
  return (
    <p class="nothing quiet">
      {entries.value.length === 0 ? (
        'Nothing out of proportion so far. An episode appears here as its first bar closes.'
      ) : (
        <>
          None like that among {entries.value.length}.{' '}
          <button type="button" class="small" onClick={() => change({ kinds: [], lane: 'all', recency: 'all' })}>
            Show all
          </button>
        </>
      )}
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

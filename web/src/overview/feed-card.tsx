import type { Ms } from '@candlewatch/core/types'
import type { ComponentChildren } from 'preact'
import type { FeedHealth, Occurrence } from '../api/feeds.ts'
import { showLog } from '../episodes/log.ts'
import { counted } from '../format/count.ts'
import { formatMinute, formatSpan } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { typeNames } from '../marks/marks.ts'
import { faultInWords, faultNames, feedStateNames } from '../state/feed-health.ts'
import { showBar } from '../state/navigation.ts'
import { pastPosition } from '../state/replay-view.ts'
import { part } from '../state/store.ts'

const feed = part(state => state.feed)
const faults = part(state => state.faults)
const isPast = part(state => pastPosition(state) !== null)
const mostListed = 8

/** Whether the feed can be believed: its state, when it was last heard, what was wrong with its rows. */
export function FeedCard() {
  if (!feed.value) {
    const word = isPast.value ? 'Told again at the newest bar.' : 'Nothing is known of the feed yet.'
    return <Card title="Feed" id="feed" wide summary={word} children={null} />
  }
  const { state, evidence } = feed.value
  return (
    <Card title="Feed" id="feed" wide summary={evidence} data-testid="feed-health" data-state={state}>
      <div class="feed-columns">
        <div>
          <Facts feed={feed.value} />
          <h4>Since the server started</h4>
          <Counts feed={feed.value} />
        </div>
        <div>
          <h4>Rows that were not believed</h4>
          <Newest />
        </div>
      </div>
    </Card>
  )
}

function Facts({ feed }: { readonly feed: FeedHealth }) {
  const { state, lastBar, lastSeen, usualLatenessMs, dueAt } = feed
  const when = (date: string | null) => (date ? <Time date={date} /> : 'never')
  const rows: readonly (readonly [string, ComponentChildren])[] = [
    ['State', feedStateNames[state]],
    ['Last row seen', when(lastSeen)],
    ['Its bar', when(lastBar)],
    ['Usual lateness', usualLatenessMs === null ? 'not known' : formatSeconds(usualLatenessMs)],
    ['Next bar due by', dueAt ? <Time date={dueAt} /> : 'nothing is due'],
  ]
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

const formatSeconds = (ms: number) => (ms < 60_000 ? `${Math.round(ms / 1_000)} s` : formatSpan(ms))

function Time({ date }: { readonly date: string }) {
  return (
    <time dateTime={date}>
      {formatMinute(Date.parse(date))} {zoneName()}
    </time>
  )
}

function Counts({ feed: { counts, last } }: { readonly feed: FeedHealth }) {
  const found = faultNames.filter(name => counts[name] > 0)
  if (found.length === 0) return <p class="quiet">No gap, no repeat, no row that was refused.</p>
  return (
    <ul class="faults">
      {found.map(name => (
        <li key={name}>
          <strong>{faultInWords(name, counts[name])}</strong>
          {last[name] && <Last fault={last[name]} />}
        </li>
      ))}
    </ul>
  )
}

function Last({ fault: { date, evidence } }: { readonly fault: Occurrence }) {
  return (
    <span class="quiet">
      , the last <Time date={date} />: {evidence}
    </span>
  )
}

/** Of any age, newest first. */
function Newest() {
  const all = faults.value
  if (all.length === 0) return <p class="quiet">Every row was believed.</p>
  return (
    <>
      <ul class="faults">
        {all
          .slice(-mostListed)
          .reverse()
          .map(({ id, date, type, because }) => (
            <li key={id}>
              <button type="button" class="link" onClick={() => showBar(Date.parse(date) as Ms)}>
                {typeNames[type]}, {formatMinute(Date.parse(date))} {zoneName()}
              </button>
              <span class="quiet"> {because}</span>
            </li>
          ))}
      </ul>
      <p>
        <button type="button" class="small" onClick={() => showLog({ lane: 'feed' })}>
          {counted(all.length, 'fault')} in the log
        </button>
      </p>
    </>
  )
}

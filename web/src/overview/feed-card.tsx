import type { FaultOccurrence, Feed } from '@candlewatch/api/feeds'
import { minuteMs, msOf, secondMs } from '@candlewatch/core/time'
import type { ComponentChildren } from 'preact'
import { showLog } from '../episodes/log.ts'
import { counted } from '../format/count.ts'
import { faultKinds, feedStateNames, formatFault } from '../format/feed-health.ts'
import { formatMinute, formatSpan } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Card, Time } from '../layout/room.tsx'
import { typeNames } from '../marks/marks.ts'
import { showBar } from '../state/navigation.ts'
import { pastPosition } from '../state/replay-view.ts'
import { part } from '../state/store.ts'

const feed = part(state => state.feed)
const faults = part(state => state.faults)
const isPast = part(state => pastPosition(state) !== null)
const mostListed = 8

/** Shows whether the feed can be trusted: its state, when its last row came, and the faults of its rows. */
export function FeedCard() {
  if (!feed.value) {
    const summary = isPast.value
      ? 'Shown again when you return to the latest bar.'
      : 'There is no information about the feed yet.'
    return <Card title="Feed" id="feed" wide summary={summary} children={null} />
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
          <h4>Rows marked as feed faults</h4>
          <NewestFaults />
        </div>
      </div>
    </Card>
  )
}

function Facts({ feed }: { readonly feed: Feed }) {
  const { state, lastBar, lastSeen, usualLatenessMs, dueAt } = feed
  const rows: readonly (readonly [string, ComponentChildren])[] = [
    ['State', feedStateNames[state]],
    ['Last row received', lastSeen ? <Time at={lastSeen} zone /> : 'never'],
    ['Opening of that bar', lastBar ? <Time at={lastBar} zone /> : 'never'],
    ['Usual delay', usualLatenessMs === null ? 'not known' : formatDelay(usualLatenessMs)],
    ['Next bar due by', dueAt ? <Time at={dueAt} zone /> : 'nothing is due'],
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

const formatDelay = (ms: number) => (ms < minuteMs ? `${Math.round(ms / secondMs)} s` : formatSpan(ms))

function Counts({ feed: { counts, last } }: { readonly feed: Feed }) {
  const found = faultKinds.filter(kind => counts[kind] > 0)
  if (found.length === 0) return <p class="quiet">No gaps, no duplicates and no refused rows.</p>
  return (
    <ul class="faults">
      {found.map(kind => (
        <li key={kind}>
          <strong>{formatFault(kind, counts[kind])}</strong>
          {last[kind] && <LastFault fault={last[kind]} />}
        </li>
      ))}
    </ul>
  )
}

function LastFault({ fault: { date, evidence } }: { readonly fault: FaultOccurrence }) {
  return (
    <span class="quiet">
      , last at <Time at={date} zone />: {evidence}
    </span>
  )
}

/** The newest faults of the stream, of any age. */
function NewestFaults() {
  const all = faults.value
  if (all.length === 0) return <p class="quiet">No feed faults.</p>
  return (
    <>
      <ul class="faults">
        {all
          .slice(-mostListed)
          .reverse()
          .map(({ id, date, type, because }) => (
            <li key={id}>
              <button type="button" class="link" onClick={() => showBar(msOf(date))}>
                {typeNames[type]}, {formatMinute(Date.parse(date))} {zoneName()}
              </button>
              <span class="quiet"> {because}</span>
            </li>
          ))}
      </ul>
      <p>
        <button type="button" class="small" onClick={() => showLog({ lane: 'feed' })}>
          List {counted(all.length, 'fault')}
        </button>
      </p>
    </>
  )
}

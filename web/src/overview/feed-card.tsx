import type { Ms } from '@candlewatch/core/types'
import type { ComponentChildren } from 'preact'
import { typeWords } from '../episodes/episode-type.ts'
import { showLog } from '../episodes/wished.ts'
import { formatMinute, formatSpan } from '../format/when.ts'
import { zoneWord } from '../format/zone.ts'
import { lookAt } from '../shell/place.ts'
import { Card } from '../shell/room.tsx'
import { type FeedHealth, faultInWords, faultNames, type Occurrence } from '../state/health.ts'
import { watchedAt } from '../state/in-sight.ts'
import { part } from '../state/store.ts'
import { feedWords } from './feed-words.ts'
import { counted } from './settled.ts'

const feed = part(state => state.feed)
const faults = part(state => state.faults)
const isPast = part(state => watchedAt(state) !== null)
const mostListed = 8

/** Whether the feed can be believed: its state, when it was last heard, what was wrong with its rows. */
export function FeedCard() {
  if (!feed.value) {
    const word = isPast.value ? 'Told again at the newest bar.' : 'Nothing is known of the feed yet.'
    return <Card title="Feed" id="feed" wide word={word} children={null} />
  }
  const { state, evidence } = feed.value
  return (
    <Card title="Feed" id="feed" wide word={evidence} data-testid="feed-health" data-state={state}>
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
    ['State', feedWords[state]],
    ['Last row seen', when(lastSeen)],
    ['Its bar', when(lastBar)],
    ['Usual lateness', usualLatenessMs === null ? 'not known' : secondsWord(usualLatenessMs)],
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

const secondsWord = (ms: number) => (ms < 60_000 ? `${Math.round(ms / 1_000)} s` : formatSpan(ms))

function Time({ date }: { readonly date: string }) {
  return (
    <time dateTime={date}>
      {formatMinute(Date.parse(date))} {zoneWord()}
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
              <button type="button" class="link" onClick={() => lookAt(Date.parse(date) as Ms)}>
                {typeWords[type]}, {formatMinute(Date.parse(date))} {zoneWord()}
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

import type { Market } from '@candlewatch/core/types'
import { signal } from '@preact/signals'
import { markKind } from '../marks.ts'
import { spokenOf } from '../outcome.ts'
import { formatPrice } from '../price.ts'
import { dispatch, part } from '../store.ts'
import type { Candle } from '../tape.ts'
import { formatMinute } from '../when.ts'
import { Mark, markWords } from './mark.tsx'
import './anomaly-list.css'

const alarms = part(({ tape }) => tape.alarms)
const counts = part(({ tape }) => `${tape.tally.anomalies}/${tape.tally.feedFaults}`)
const market = part(state => state.market)
const selected = part(({ view }) => view.selected)

const hurried = part(({ replay }) => replay?.state === 'playing' && replay.everyMs < 200)

const pageLength = 50
const listed = signal(pageLength)

export function AnomalyList() {
  if (!market.value) return null
  const newest = alarms.value.slice(-listed.value).toReversed()
  const [anomalies, faults] = counts.value.split('/').map(Number)
  return (
    <section class="card list" aria-label="Anomalies" data-testid="anomaly-list">
      <h2>
        Anomalies <span class="count">{anomalies}</span>
        {faults! > 0 && (
          <span class="quiet faults">
            {faults} feed {faults === 1 ? 'fault' : 'faults'}
          </span>
        )}
      </h2>
      <Announcement />
      {newest.length === 0 ? (
        <p class="nothing quiet">Nothing out of proportion so far. An anomaly appears here as its bar closes.</p>
      ) : (
        <ol>
          {newest.map(candle => (
            <li key={candle.at}>
              <Item candle={candle} market={market.value!.market} chosen={candle.at === selected.value} />
            </li>
          ))}
          {alarms.value.length > listed.value && (
            <li>
              <button
                type="button"
                class="more"
                onClick={() => {
                  listed.value += pageLength
                }}
              >
                Show older ({alarms.value.length - listed.value})
              </button>
            </li>
          )}
        </ol>
      )}
    </section>
  )
}

/** Read aloud as it comes; a replay in a hurry would never stop talking. */
function Announcement() {
  const verdict = alarms.value.at(-1)?.verdict
  return (
    <p class="unseen" role="status">
      {verdict && !hurried.value && `${verdict.status === 'anomaly' ? 'Anomaly' : 'Feed fault'}: ${verdict.because}`}
    </p>
  )
}

interface ItemProps {
  readonly candle: Candle
  readonly market: Market
  readonly chosen: boolean
}

function Item({ candle, market, chosen }: ItemProps) {
  const { verdict } = candle
  if (!verdict) return null
  const kind = markKind(candle)
  const out = spokenOf(verdict)
  return (
    <button
      type="button"
      class="alarm"
      data-testid="anomaly-item"
      data-date={verdict.date}
      data-severity={verdict.severity ?? ''}
      aria-pressed={chosen}
      onClick={() => {
        dispatch({ kind: 'selected', at: candle.at })
        document.querySelector('.chart')?.scrollIntoView({ block: 'nearest' })
      }}
    >
      <span class="alarm-head">
        <span class={`verdict-word is-${kind}`}>
          <Mark kind={kind} /> {markWords[kind]}
        </span>
        <time dateTime={verdict.date}>
          {formatMinute(candle.at)} <span class="quiet">UTC</span>
        </time>
      </span>
      <span class="because">{verdict.because}</span>
      {out && kind !== 'fault' && (
        <span class="alarm-prices">
          <span>
            {out.side} <strong>{formatPrice(out.outcome.actual, market)}</strong>
          </span>
          <span>
            expected <strong>{formatPrice(out.outcome.expected, market)}</strong>
          </span>
        </span>
      )}
    </button>
  )
}

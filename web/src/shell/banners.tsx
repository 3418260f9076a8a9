import { formatLocalTime } from '../format/when.ts'
import { dispatch, part } from '../state/store.ts'
import './banners.css'
import { entries } from '../episodes/opened.ts'

const connection = part(state => state.connection)
const heardAt = part(state => state.heardAt)
const feed = part(state => state.feed)
const notice = part(state => state.notice)

/** Says that the server is lost, and how old the prices are. */
export function ConnectionBanner() {
  if (connection.value !== 'lost') return null
  return (
    <p class="banner is-lost" role="alert">
      <strong>Connection lost.</strong>{' '}
      {heardAt.value === null
        ? 'No message from the server yet.'
        : `No message since ${formatLocalTime(heardAt.value)}; the prices below are out of date.`}{' '}
      The page keeps trying to reconnect.
    </p>
  )
}

/** Says that rows are overdue although the connection works. */
export function FeedBanner() {
  if (feed.value?.state !== 'stale' || connection.value === 'lost') return null
  return (
    <p class="banner is-notice" role="alert" data-testid="stale-banner">
      <strong>▲ The feed is stale.</strong> {feed.value.evidence}
    </p>
  )
}

/** The latest message about something that failed. */
export function Notice() {
  if (!notice.value) return null
  return (
    <p class="banner is-notice" role="alert">
      {notice}
      <button type="button" class="plain" onClick={() => dispatch({ kind: 'notice', notice: null })}>
        Dismiss
      </button>
    </p>
  )
}

const isFast = part(({ replay }) => replay?.state === 'playing' && replay.everyMs < 200)

/** The newest alarm for screen readers; a fast replay would never stop talking. */
export function Announcement() {
  const last = entries.value[0]
  return (
    <p class="unseen" role="status">
      {last && !isFast.value && `${last.kind === 'fault' ? 'Feed fault' : 'Anomaly'}: ${last.because}`}
    </p>
  )
}

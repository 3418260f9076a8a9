import { formatLocalTime } from '../format/when.ts'
import { dispatch, part } from '../state/store.ts'
import './banners.css'
import { entries } from '../episodes/opened.ts'

const connection = part(state => state.connection)
const heardAt = part(state => state.heardAt)
const feed = part(state => state.feed)
const notice = part(state => state.notice)

export function ConnectionBanner() {
  if (connection.value !== 'lost') return null
  return (
    <p class="banner is-lost" role="alert">
      <strong>Connection lost.</strong>{' '}
      {heardAt.value === null
        ? 'No word from the server yet.'
        : `Nothing heard since ${formatLocalTime(heardAt.value)}: the prices below are old.`}{' '}
      The page keeps trying.
    </p>
  )
}

/** Rows that are overdue: the connection is well, and yet what is shown is old. */
export function FeedBanner() {
  if (feed.value?.state !== 'stale' || connection.value === 'lost') return null
  return (
    <p class="banner is-notice" role="alert" data-testid="stale-banner">
      <strong>▲ The feed is stale.</strong> {feed.value.evidence}
    </p>
  )
}

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

const hurried = part(({ replay }) => replay?.state === 'playing' && replay.everyMs < 200)

/** The newest alarm, read aloud as it comes; a replay in a hurry would never stop talking. */
export function Announcement() {
  const last = entries.value[0]
  return (
    <p class="unseen" role="status">
      {last && !hurried.value && `${last.kind === 'fault' ? 'Feed fault' : 'Anomaly'}: ${last.because}`}
    </p>
  )
}

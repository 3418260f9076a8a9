import { formatLocalTime } from '../format/when.ts'
import { dispatch, part } from '../state/store.ts'
import './banners.css'

const replay = part(state => state.replay)
const connection = part(state => state.connection)
const heardAt = part(state => state.heardAt)
const feed = part(state => state.feed)
const notice = part(state => state.notice)

export function SourceBanner() {
  if (!replay.value) return null
  const { source, from } = replay.value
  const year = from.slice(0, 4)
  if (source.kind === 'synthetic') {
    return (
      <p class="banner is-synthetic" data-testid="source-banner" data-source="synthetic">
        <span>
          <strong>Synthetic data:</strong> a made-up {year}, because no real rows were at hand.
        </span>{' '}
        <span>
          <code>npm run data -- --year {year}</code> downloads real ones.
        </span>
      </p>
    )
  }
  // Nothing moves down when the past is watched again: that banner takes the place of this one.
  if (replay.value.at !== null) return null
  return (
    <p class="banner is-quiet" data-testid="source-banner" data-source={source.kind}>
      Replaying {source.kind === 'csv' ? 'the file' : 'the download'} {source.name}
    </p>
  )
}

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

import { useEffect } from 'preact/hooks'
import { Room } from '../layout/room.tsx'
import { part } from '../state/store.ts'
import { ImportCard } from './import-card.tsx'
import { runImports } from './import-flow.ts'
import { StreamCard } from './stream-card.tsx'
import { load, streams } from './streams.ts'
import './data.css'

const isLive = part(({ connection }) => connection === 'live')

/** What history there is, in and out. */
export function DataRoom() {
  useEffect(runImports, [])
  // When it is entered, and after a loss of the connection.
  useEffect(() => {
    if (isLive.value || streams.peek().list === null) void load()
  }, [isLive.value])
  return (
    <Room name="data">
      <ImportCard />
      <Streams />
    </Room>
  )
}

function Streams() {
  const { list, more, failure } = streams.value
  if (list === null && failure === null) {
    return (
      <p class="quiet" aria-busy="true">
        Reading what there is
      </p>
    )
  }
  return (
    <>
      {failure !== null && (
        <p class="room-alert is-wide" role="alert">
          What there is could not be read: {failure}{' '}
          <button type="button" class="small" onClick={() => void load()}>
            Try again
          </button>
        </p>
      )}
      {list?.length === 0 && (
        <p class="quiet" data-testid="no-streams">
          There is no history yet. Bring a file, post rows, or replay a year with <code>npm run simulate</code>.
        </p>
      )}
      {list?.map(coverage => (
        <StreamCard key={`${coverage.market} ${coverage.interval}`} coverage={coverage} />
      ))}
      {more && <p class="quiet">There are more than a hundred streams; these are the first by name.</p>}
    </>
  )
}

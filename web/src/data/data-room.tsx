import { useEffect } from 'preact/hooks'
import { Room } from '../layout/room.tsx'
import { part } from '../state/store.ts'
import { ImportCard } from './import-card.tsx'
import { runImports } from './import-flow.ts'
import { StreamCard } from './stream-card.tsx'
import { loadStreams, streams } from './streams.ts'
import './data.css'

const isLive = part(({ connection }) => connection === 'live')

/** The stored history: imports, coverage and downloads. */
export function DataRoom() {
  useEffect(runImports, [])
  // Loads when the room is entered, and after a lost connection.
  useEffect(() => {
    if (isLive.value || streams.peek().list === null) void loadStreams()
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
        Loading the data coverage
      </p>
    )
  }
  return (
    <>
      {failure !== null && (
        <p class="room-alert is-wide" role="alert">
          Could not load the data coverage: {failure}{' '}
          <button type="button" class="small" onClick={() => void loadStreams()}>
            Try again
          </button>
        </p>
      )}
      {list?.length === 0 && (
        <p class="quiet" data-testid="no-streams">
          There is no history yet. Import a file, post rows, or replay a year with <code>npm run simulate</code>.
        </p>
      )}
      {list?.map(coverage => (
        <StreamCard key={`${coverage.market} ${coverage.interval}`} coverage={coverage} />
      ))}
      {more && <p class="quiet">There are more than 100 streams; these are the first 100 by name.</p>}
    </>
  )
}

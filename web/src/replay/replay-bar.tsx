import { part } from '../state/store.ts'
import { Clock } from './clock.tsx'
import { GoTo } from './go-to.tsx'
import { Speed } from './speed.tsx'
import { Track } from './track.tsx'
import { Transport } from './transport.tsx'
import './replay-bar.css'

const replay = part(state => state.replay)

/** What steers the replay, for every page that is open. */
export function ReplayBar() {
  if (!replay.value) return null
  const { state: now, everyMs, at, revision } = replay.value
  return (
    <section
      class="card replay"
      aria-label="Replay"
      data-testid="replay"
      data-state={now}
      data-at={at ?? ''}
      data-revision={revision}
    >
      {now !== 'stopped' && <Transport replay={replay.value} />}
      <Clock replay={replay.value} />
      {now === 'stopped' ? (
        <p class="ending">
          <strong>Stopped.</strong> The simulator has gone; <code>npm run simulate</code> starts it again.
        </p>
      ) : (
        <>
          <Speed everyMs={everyMs} />
          <GoTo replay={replay.value} />
        </>
      )}
      <Track replay={replay.value} />
    </section>
  )
}

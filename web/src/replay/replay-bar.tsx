import { part } from '../state/store.ts'
import { Clock } from './clock.tsx'
import { GoTo } from './go-to.tsx'
import { Speed } from './speed.tsx'
import { Track } from './track.tsx'
import { Transport } from './transport.tsx'
import './replay-bar.css'

const replay = part(state => state.replay)

/** The controls of the replay; they act on every open page. */
export function ReplayBar() {
  if (!replay.value) return null
  const { state: now, everyMs, at, revision, seek } = replay.value
  return (
    <section
      class="card replay"
      aria-label="Replay"
      data-testid="replay"
      data-state={now}
      data-at={at ?? ''}
      data-revision={revision}
      data-seek={seek ?? ''}
    >
      {now !== 'stopped' && <Transport replay={replay.value} />}
      <Clock replay={replay.value} />
      {now === 'stopped' ? (
        <p class="ending">
          <strong>Replay stopped.</strong> The simulator has exited; run <code>npm run simulate</code> to start it
          again.
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

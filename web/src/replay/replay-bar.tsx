import type { Replay } from '@candlewatch/core/types'
import { signal } from '@preact/signals'
import { formatDay, formatMinute } from '../format/when.ts'
import { zoneWord } from '../format/zone.ts'
import { dispatch, part, state } from '../state/store.ts'
import { steer } from './steer.ts'
import './replay-bar.css'

const replay = part(state => state.replay)
const position = part(({ tape }) => tape.candles.at(-1)?.at ?? null)
const intervalMs = part(state => state.intervalMs)
/** Where the thumb is while it is dragged. */
const dragged = signal<number | null>(null)

const speeds = [
  [1_000, '1'],
  [500, '2'],
  [200, '5'],
  [100, '10'],
  [20, '50'],
  [0, 'max'],
] as const

/** False when there is nothing to play or pause. */
export function togglePlay(): boolean {
  const now = state.value.replay?.state
  if (now !== 'playing' && now !== 'paused') return false
  void steer({ state: now === 'playing' ? 'paused' : 'playing' })
  return true
}

export function ReplayBar() {
  if (!replay.value) return null
  const { state: now } = replay.value
  const over = now === 'finished' || now === 'stopped'
  return (
    <section class="card replay" aria-label="Replay" data-testid="replay" data-state={now}>
      <button
        type="button"
        class="play"
        data-testid="play-pause"
        disabled={over}
        aria-label={now === 'playing' ? 'Pause' : 'Play'}
        title={now === 'playing' ? 'Pause (space)' : 'Play (space)'}
        onClick={togglePlay}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path
            d={now === 'playing' ? 'M4 3h3v10H4zM9 3h3v10H9z' : 'M4.500 2.500l9 5.500-9 5.500z'}
            fill="currentColor"
          />
        </svg>
      </button>
      <Progress replay={replay.value} />
      {over ? <Ending state={now} /> : <Speed everyMs={replay.value.everyMs} />}
    </section>
  )
}

function Progress({ replay: { from, to, seek, state: now } }: { readonly replay: Replay }) {
  const start = Date.parse(from)
  const end = Math.max(Date.parse(to), start + intervalMs.value)
  const at = Math.min(Math.max(dragged.value ?? position.value ?? start, start), end)
  const share = (at - start) / (end - start)
  const word =
    now === 'playing' ? (seek ? `Catching up to ${formatDay(Date.parse(seek))}` : '') : now === 'paused' ? 'Paused' : ''
  return (
    <div class="progress">
      <p>
        <strong>{formatMinute(at)}</strong> <span class="quiet">{zoneWord()}</span>
        {word && <span class="state-word">{word}</span>}
        <span class="quiet percent">{Math.floor(share * 100)} %</span>
      </p>
      <input
        type="range"
        aria-label="Replay position"
        aria-valuetext={`${formatMinute(at)} ${zoneWord()}`}
        disabled={now === 'finished' || now === 'stopped'}
        min={start}
        max={end}
        step={intervalMs.value}
        value={at}
        style={{ '--share': `${share * 100}%` }}
        onInput={event => {
          dragged.value = event.currentTarget.valueAsNumber
        }}
        onChange={event => seekTo(event.currentTarget.valueAsNumber)}
      />
      <p class="ends quiet">
        <span>{formatDay(start)}</span>
        <span>{formatDay(Date.parse(to))}</span>
      </p>
    </div>
  )
}

function seekTo(at: number): void {
  dragged.value = null
  if (position.value !== null && at <= position.value) {
    dispatch({ kind: 'notice', notice: 'A replay only goes forward: the bars behind are already judged.' })
    return
  }
  void steer({ seek: new Date(at).toISOString().replace('.000Z', 'Z') })
}

function Speed({ everyMs }: { readonly everyMs: number }) {
  const known = speeds.some(([ms]) => ms === everyMs)
  return (
    <fieldset class="segments speed" data-testid="speed" data-every-ms={everyMs}>
      <legend>Rows a second{known ? '' : `: ${Number((1_000 / everyMs).toPrecision(2))}`}</legend>
      {speeds.map(([ms, word]) => (
        <label key={ms}>
          <input
            type="radio"
            name="speed"
            value={ms}
            checked={ms === everyMs}
            onChange={() => void steer({ everyMs: ms })}
          />
          <span>{word}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Ending({ state: now }: { readonly state: 'finished' | 'stopped' }) {
  return (
    <p class="ending">
      {now === 'finished' ? (
        <>
          <strong>Finished.</strong> Every row has been answered.
        </>
      ) : (
        <>
          <strong>Stopped.</strong> The simulator has gone; <code>npm run simulate</code> starts it again.
        </>
      )}
    </p>
  )
}

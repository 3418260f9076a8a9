import type { Replay } from '@candlewatch/api/replays'
import { counted } from '../format/count.ts'
import { formatDay, formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { markNames } from '../marks/marks.ts'
import { part } from '../state/store.ts'
import { dragged, goTo, letGo } from './steer.ts'
import { newest, position, ticksOf } from './timeline.ts'

const intervalMs = part(state => state.intervalMs)
const episodes = part(state => state.episodes)

/** The slider from the first row to the last, with the episodes along it. */
export function Track({ replay }: { readonly replay: Replay }) {
  const start = Date.parse(replay.from)
  const end = Math.max(Date.parse(replay.to), start + intervalMs.value)
  const shareOf = (time: number | null) => Math.min(Math.max(((time ?? start) - start) / (end - start), 0), 1)
  const at = Math.min(Math.max(dragged.value ?? position.value ?? start, start), end)
  return (
    <div class="track">
      <Ticks start={start} end={end} />
      <input
        type="range"
        aria-label="Replay position"
        aria-valuetext={`${formatMinute(at)} ${zoneName()}`}
        data-testid="replay-slider"
        disabled={replay.state === 'stopped'}
        min={start}
        max={end}
        step={intervalMs.value}
        value={at}
        style={{ '--share': shareOf(at), '--known': Math.max(shareOf(newest.value), shareOf(at)) }}
        onInput={event => {
          dragged.value = event.currentTarget.valueAsNumber
        }}
        onChange={event => void goTo(event.currentTarget.valueAsNumber)}
        onPointerUp={() => requestAnimationFrame(letGo)}
      />
      <p class="ends quiet">
        <span>{formatDay(start)}</span>
        <span>{Math.floor(shareOf(at) * 100)} %</span>
        <span>{formatDay(Date.parse(replay.to))}</span>
      </p>
    </div>
  )
}

function Ticks({ start, end }: { readonly start: number; readonly end: number }) {
  const ticks = ticksOf(episodes.value, start, end)
  return (
    <svg class="ticks" role="img" aria-label={`${counted(ticks.length, 'episode')} along the replay`}>
      {ticks.map(({ share, episode: { id, severity, peak, because } }) => (
        <rect key={id} class={`is-${severity}`} x={`${share * 100}%`} width="3" height="8" rx="1">
          <title>{`${formatMinute(Date.parse(peak))}, ${markNames[severity].toLowerCase()}: ${because}`}</title>
        </rect>
      ))}
    </svg>
  )
}

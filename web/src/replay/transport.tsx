import type { Replay } from '@candlewatch/api/replays'
import { isUnderWay, step, togglePlay, toNextAnomaly } from './steer.ts'

const icons = {
  play: 'M4.500 2.500l9 5.500-9 5.500z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  again: 'M8 2.500a5.500 5.500 0 1 1-5.300 4l1.500.4A4 4 0 1 0 8 4v2.500L4 3.200 8 0z',
  back: 'M2.500 3h2v10h-2zM13 3v10L5.500 8z',
  on: 'M11.500 3h2v10h-2zM3 3v10l7.500-5z',
  next: 'M1.500 4v8L7 8zM7 4v8l5.500-4zM13 2h2v8h-2zM13 11.500h2V14h-2z',
} as const

/** Buttons to play, to step and to go to the next anomaly. */
export function Transport({ replay }: { readonly replay: Replay }) {
  const isFinished = replay.state === 'finished'
  const label = isFinished ? 'Replay from the start' : isUnderWay(replay) ? 'Pause' : 'Play'
  return (
    <div class="transport">
      <button
        type="button"
        class="play"
        data-testid="play-pause"
        aria-label={label}
        title={`${label} (space)`}
        onClick={togglePlay}
      >
        <Icon path={icons[isFinished ? 'again' : isUnderWay(replay) ? 'pause' : 'play']} />
      </button>
      <Button testId="step-back" label="One bar back" shortcut="," icon="back" run={() => step(-1)} />
      <Button testId="step" label="One bar forward" shortcut="." icon="on" isOff={isFinished} run={() => step(1)} />
      <Button
        testId="next-anomaly"
        label="Go to the next anomaly or feed fault"
        shortcut="n"
        icon="next"
        isOff={isFinished}
        run={toNextAnomaly}
      />
    </div>
  )
}

function Button(props: {
  readonly testId: string
  readonly label: string
  readonly shortcut: string
  readonly icon: keyof typeof icons
  readonly isOff?: boolean
  run(): unknown
}) {
  return (
    <button
      type="button"
      class="icon"
      data-testid={props.testId}
      aria-label={props.label}
      title={`${props.label} (${props.shortcut})`}
      disabled={props.isOff ?? false}
      onClick={props.run}
    >
      <Icon path={icons[props.icon]} />
    </button>
  )
}

function Icon({ path }: { readonly path: string }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d={path} fill="currentColor" />
    </svg>
  )
}

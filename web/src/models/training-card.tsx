import { signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Outlook, RowsRead, Training, TrainingSize } from '../api/models.ts'
import { formatDay, formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { Curves } from './curves.tsx'
import { Forbidden, mayChange, Refusal } from './permission.tsx'
import { busy, cancelTraining, choose, chosen, outlook, startTraining, versions } from './registry.ts'
import { formatDuration, formatLeft, linesOf, training } from './training.ts'

const sizes: Readonly<Record<TrainingSize, { readonly name: string; readonly word: string }>> = {
  full: { name: 'Full', word: 'Three networks and their teacher: about a minute for 5,000 bars.' },
  quick: { name: 'Quick', word: 'One network without a teacher: some seconds, and a slightly larger error.' },
}
const size = signal<TrainingSize>('full')

/** How a new version comes about: the training under way, what came of the last one, and the next one's start. */
export function TrainingCard() {
  const now = training.value
  const isRunning = now?.state === 'running'
  return (
    <Card title="Train a new version" data-testid="training-card" data-state={now?.state ?? 'idle'}>
      {now && isRunning && <Running now={now} />}
      {now && !isRunning && now.state !== 'idle' && <Ended last={now} />}
      {!isRunning && outlook.value && <Start next={outlook.value} />}
      <Forbidden />
      <Refusal of={['start', 'cancel']} />
    </Card>
  )
}

function Running({ now }: { readonly now: Training }) {
  const passed = useSeconds(now.startedAt)
  const percent = Math.floor(100 * now.share)
  return (
    <>
      <p data-testid="training-says">{now.says}</p>
      <div class="training-bar">
        <progress max={100} value={percent} aria-label="Training" data-testid="training-progress" />
        <output>{percent} %</output>
      </div>
      <p class="quiet">
        {formatDuration(passed)} passed
        {now.secondsLeft !== null && `, ${formatLeft(now.secondsLeft)} left`}
        {now.rows && `; ${rowsInWords(now.rows)}`}
        {now.startedBy === 'schedule' && '; started by the schedule'}.
      </p>
      <Curves lines={linesOf(now)} epochs={now.epochs} />
      <div class="row">
        <button
          type="button"
          class="small"
          disabled={!mayChange() || busy.value !== null}
          onClick={() => void cancelTraining()}
        >
          Cancel
        </button>
        <span class="quiet">The champion judges on meanwhile.</span>
      </div>
    </>
  )
}

const stateNames = { done: '● Done', failed: '▲ Failed', cancelled: '✕ Cancelled', idle: '', running: '' } as const

function Ended({ last }: { readonly last: Training }) {
  const { state, says, startedAt, endedAt, model, version } = last
  const id = `${model}@${version}`
  const isElsewhere = chosen.value?.id !== id && versions.value?.some(one => one.id === id)
  const took = startedAt && endedAt ? (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000 : null
  return (
    <div class={`training-end is-${state}`} role="status" data-testid="training-end">
      <p>
        <strong>{stateNames[state]}</strong>{' '}
        <span class="quiet">
          {endedAt && `${formatMinute(Date.parse(endedAt))} ${zoneName()}`}
          {took !== null && `, after ${formatDuration(took)}`}
        </span>
      </p>
      <p>{says}</p>
      {isElsewhere && (
        <button type="button" class="small" onClick={() => choose(id)}>
          Look at {version}
        </button>
      )}
    </div>
  )
}

function Start({ next }: { readonly next: Outlook }) {
  return (
    <>
      <p class="quiet">
        {next.refusal ??
          `It would learn from ${rowsInWords(next.rows!)} of ${next.market}, ${next.interval}; the newest tenth validates. Then it is tried beside the champion, and takes its place when the rule says so.`}
      </p>
      <div class="row training-start">
        <fieldset class="segments" aria-label="Size of the training">
          {(Object.keys(sizes) as TrainingSize[]).map(name => (
            <label key={name}>
              <input
                type="radio"
                name="training-size"
                checked={size.value === name}
                onChange={() => {
                  size.value = name
                }}
              />
              <span>{sizes[name].name}</span>
            </label>
          ))}
        </fieldset>
        <button
          type="button"
          class="primary"
          disabled={!mayChange() || busy.value !== null || next.refusal !== null}
          onClick={() => void startTraining(size.value)}
        >
          Start
        </button>
        <span class="quiet">{sizes[size.value].word}</span>
      </div>
    </>
  )
}

function rowsInWords({ bars, from, to }: RowsRead): string {
  return `${bars.toLocaleString('en-US')} bars, ${formatDay(Date.parse(from))} – ${formatDay(Date.parse(to))}`
}

/** Seconds since then, on the reader's clock, counting. */
function useSeconds(since: string | null): number {
  const seconds = useSignal(0)
  useEffect(() => {
    const count = () => {
      seconds.value = since === null ? 0 : (Date.now() - Date.parse(since)) / 1_000
    }
    count()
    const timer = setInterval(count, 1_000)
    return () => clearInterval(timer)
  }, [since])
  return seconds.value
}

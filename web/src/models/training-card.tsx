import type { RowsRead, Training, TrainingOutlook, TrainingSize } from '@candlewatch/api/training'
import { signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { counted } from '../format/count.ts'
import { keysOf } from '../format/keys-of.ts'
import { formatDay } from '../format/when.ts'
import { Card, Time } from '../layout/room.tsx'
import { mayAdminister } from '../sync/session.ts'
import { Curves } from './curves.tsx'
import { ReadOnlyNote, RefusalNote } from './permission.tsx'
import { busy, cancelTraining, choose, chosen, outlook, startTraining, versions } from './registry.ts'
import { formatDuration, formatLeft, linesOf, training } from './training.ts'

const sizes: Readonly<Record<TrainingSize, { readonly name: string; readonly description: string }>> = {
  full: { name: 'Full', description: 'Three networks and their teacher; about a minute for 5,000 bars.' },
  quick: { name: 'Quick', description: 'One network without a teacher; a few seconds, with a slightly larger error.' },
}
const size = signal<TrainingSize>('full')

/** The training under way, the result of the last one, and the start of the next. */
export function TrainingCard() {
  const now = training.value
  const isRunning = now?.state === 'running'
  return (
    <Card title="Train a new version" data-testid="training-card" data-state={now?.state ?? 'idle'}>
      {now && isRunning && <Running now={now} />}
      {now && !isRunning && now.state !== 'idle' && <Ended last={now} />}
      {!isRunning && outlook.value && <Start next={outlook.value} />}
      <ReadOnlyNote />
      <RefusalNote of={['start', 'cancel']} />
    </Card>
  )
}

function Running({ now }: { readonly now: Training }) {
  const elapsed = useSecondsSince(now.startedAt)
  const percent = Math.floor(100 * now.share)
  return (
    <>
      <p data-testid="training-step">{now.says}</p>
      <div class="training-bar">
        <progress max={100} value={percent} aria-label="Training" data-testid="training-progress" />
        <output>{percent} %</output>
      </div>
      <p class="quiet">
        {formatDuration(elapsed)} elapsed
        {now.secondsLeft !== null && `, ${formatLeft(now.secondsLeft)} left`}
        {now.rows && `; ${formatRows(now.rows)}`}
        {now.startedBy === 'schedule' && '; started by the schedule'}.
      </p>
      <Curves lines={linesOf(now)} epochs={now.epochs} />
      <div class="row">
        <button
          type="button"
          class="small"
          disabled={!mayAdminister.value || busy.value !== null}
          onClick={() => void cancelTraining()}
          data-testid="cancel-training"
        >
          Cancel training
        </button>
        <span class="quiet">The champion stays in use meanwhile.</span>
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
    <div class={`training-end is-${state}`} role="status" data-testid="training-end" data-version={version ?? ''}>
      <p>
        <strong>{stateNames[state]}</strong>{' '}
        <span class="quiet">
          {endedAt && <Time at={endedAt} zone />}
          {took !== null && `, after ${formatDuration(took)}`}
        </span>
      </p>
      <p>{says}</p>
      {isElsewhere && (
        <button type="button" class="small" onClick={() => choose(id)}>
          Show {version}
        </button>
      )}
    </div>
  )
}

function Start({ next }: { readonly next: TrainingOutlook }) {
  const { refusal, rows, market, interval } = next
  return (
    <>
      <p class="quiet" data-testid="training-outlook">
        {refusal ??
          (rows &&
            `Trains on ${formatRows(rows)} of ${market}, ${interval}; the newest tenth is used for validation. The new version is then compared with the champion and replaces it if the promotion rule is met.`)}
      </p>
      <div class="row training-start">
        <fieldset class="segments" aria-label="Size of the training">
          {keysOf(sizes).map(name => (
            <label key={name}>
              <input
                type="radio"
                name="training-size"
                data-testid={`training-${name}`}
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
          disabled={!mayAdminister.value || busy.value !== null || refusal !== null}
          onClick={() => void startTraining(size.value)}
          data-testid="start-training"
        >
          Train model
        </button>
        <span class="quiet">{sizes[size.value].description}</span>
      </div>
    </>
  )
}

function formatRows({ bars, from, to }: RowsRead): string {
  return `${counted(bars, 'bar')}, ${formatDay(Date.parse(from))} – ${formatDay(Date.parse(to))}`
}

/** The seconds since a time, by the reader's clock, updated every second. */
function useSecondsSince(since: string | null): number {
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

import type { Rehearsal } from '@candlewatch/api/budget'
import { msOf } from '@candlewatch/core/time'
import { formatDay, formatMinute } from '../format/when.ts'
import { Mark } from '../marks/mark.tsx'
import { markNames } from '../marks/marks.ts'
import { dispatch, part } from '../state/store.ts'
import { applyTried, budgets, failure, isApplying, isRehearsing, nearestStop, tried, tryStop } from './rehearsing.ts'
import './rehearsal-panel.css'

const current = part(({ market }) => market?.alarmsPerWeek ?? 1)
const rehearsal = part(state => state.rehearsal)
const mostListed = 200

/** Tries another budget on the past before it is applied. */
export function RehearsalPanel() {
  const budget = tried.value ?? current.value
  const stop = nearestStop(budget)
  return (
    <section class="rehearsal" aria-label="Try another budget" data-testid="rehearsal">
      <div class="budget">
        <label for="budget">Alarms per week that you accept</label>
        <output for="budget">{budget}</output>
        <input
          id="budget"
          type="range"
          min={0}
          max={budgets.length - 1}
          step={1}
          value={stop}
          aria-valuetext={`${budget} per week`}
          style={{ '--share': `${(stop / (budgets.length - 1)) * 100}%` }}
          onInput={event => tryStop(event.currentTarget.valueAsNumber)}
        />
        <p class="quiet ends">
          <span>{budgets[0]} (fewer)</span>
          <span>current: {current.value}</span>
          <span>{budgets.at(-1)} (more)</span>
        </p>
      </div>
      <div class="outcome" aria-live="polite" aria-busy={isRehearsing.value}>
        {failure.value ? (
          <p role="alert">{failure.value}</p>
        ) : tried.value === null ? (
          <p class="quiet">
            Move the slider to judge the past again with another budget. Nothing changes until you apply it.
          </p>
        ) : rehearsal.value ? (
          <Outcome rehearsal={rehearsal.value} isOutdated={isRehearsing.value} />
        ) : (
          <p class="quiet">Judging the past again</p>
        )}
      </div>
      <div class="apply">
        <button
          type="button"
          class="primary"
          disabled={tried.value === null || isApplying.value}
          onClick={() => void applyTried()}
          data-testid="apply-budget"
        >
          {tried.value === null ? 'Apply' : `Apply ${tried.value} per week`}
        </button>
        {tried.value !== null && (
          <button
            type="button"
            class="small"
            onClick={() => {
              tried.value = null
            }}
          >
            Reset to {current.value}
          </button>
        )}
      </div>
    </section>
  )
}

function Outcome({ rehearsal, isOutdated }: { readonly rehearsal: Rehearsal; readonly isOutdated: boolean }) {
  const { now, rehearsed, appearing, vanishing, staying, from, to, exactness, alarmsPerWeek } = rehearsal
  return (
    <div class={isOutdated ? 'is-old' : ''} data-testid="rehearsed" data-budget={alarmsPerWeek}>
      <p class="figure">
        <strong>{rehearsed.episodes}</strong>
        <span>
          {rehearsed.episodes === 1 ? 'episode' : 'episodes'}, {rehearsed.perWeek} per week, instead of {now.episodes} (
          {now.perWeek})
        </span>
      </p>
      {from && to && (
        <p class="quiet">
          {formatDay(Date.parse(from))} to {formatDay(Date.parse(to))}; {staying} unchanged.
        </p>
      )}
      {exactness.differing > 0 && <p class="quiet">{exactness.because}</p>}
      <EpisodeList title="New episodes" sign="○" episodes={appearing} />
      <EpisodeList title="Episodes removed" sign="×" episodes={vanishing} />
    </div>
  )
}

function EpisodeList(props: {
  readonly title: string
  readonly sign: string
  readonly episodes: Rehearsal['appearing']
}) {
  const { title, sign, episodes } = props
  if (episodes.length === 0) return null
  return (
    <>
      <h3>
        {title} <span class="quiet">{episodes.length}</span>
      </h3>
      <ul class="ghosts">
        {episodes
          .slice(-mostListed)
          .toReversed()
          .map(({ peak, severity }) => (
            <li key={peak}>
              <button type="button" onClick={() => dispatch({ kind: 'selected', at: msOf(peak) })}>
                <span aria-hidden="true">{sign}</span>
                <span>{formatMinute(Date.parse(peak))}</span>
                <span class={`verdict-text is-${severity}`}>
                  <Mark kind={severity} /> {markNames[severity]}
                </span>
              </button>
            </li>
          ))}
      </ul>
    </>
  )
}

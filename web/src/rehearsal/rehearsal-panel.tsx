import type { EpisodeAnswer as Episode } from '@candlewatch/api/episode'
import type { Ms } from '@candlewatch/core/types'
import type { Rehearsal } from '../api/budget.ts'
import { formatDay, formatMinute } from '../format/when.ts'
import { Mark } from '../marks/mark.tsx'
import { markNames } from '../marks/marks.ts'
import { dispatch, part } from '../state/store.ts'
import { budgets, nearestStop } from './rehearsal.ts'
import { applyTried, failure, isApplying, isRehearsing, tried, tryStop } from './rehearsing.ts'
import './rehearsal-panel.css'

const inForce = part(({ market }) => market?.alarmsPerWeek ?? 1)
const rehearsal = part(state => state.rehearsal)
const mostListed = 200

/** A budget tried on the past, before it is taken. */
export function RehearsalPanel() {
  const budget = tried.value ?? inForce.value
  const stop = nearestStop(budget)
  return (
    <section class="rehearsal" aria-label="Rehearse a budget" data-testid="rehearsal">
      <div class="budget">
        <label for="budget">Alarms a week that you will stand</label>
        <output for="budget">{budget}</output>
        <input
          id="budget"
          type="range"
          min={0}
          max={budgets.length - 1}
          step={1}
          value={stop}
          aria-valuetext={`${budget} a week`}
          style={{ '--share': `${(stop / (budgets.length - 1)) * 100}%` }}
          onInput={event => tryStop(event.currentTarget.valueAsNumber)}
        />
        <p class="quiet ends">
          <span>fewer, {budgets[0]}</span>
          <span>in force: {inForce.value}</span>
          <span>{budgets.at(-1)}, more</span>
        </p>
      </div>
      <div class="outcome" aria-live="polite" aria-busy={isRehearsing.value}>
        {failure.value ? (
          <p role="alert">{failure.value}</p>
        ) : tried.value === null ? (
          <p class="quiet">
            Move the slider: the past is judged again by that budget, from scores that are stored, and nothing changes
            until you apply it.
          </p>
        ) : rehearsal.value ? (
          <Outcome rehearsal={rehearsal.value} isOld={isRehearsing.value} />
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
        >
          {tried.value === null ? 'Apply' : `Apply ${tried.value} a week`}
        </button>
        {tried.value !== null && (
          <button
            type="button"
            class="small"
            onClick={() => {
              tried.value = null
            }}
          >
            Back to {inForce.value}
          </button>
        )}
      </div>
    </section>
  )
}

function Outcome({ rehearsal, isOld }: { readonly rehearsal: Rehearsal; readonly isOld: boolean }) {
  const { now, rehearsed, appearing, vanishing, staying, from, to, exactness, alarmsPerWeek } = rehearsal
  return (
    <div class={isOld ? 'is-old' : ''} data-testid="rehearsed" data-budget={alarmsPerWeek}>
      <p class="figure">
        <strong>{rehearsed.episodes}</strong>
        <span>
          {rehearsed.episodes === 1 ? 'episode' : 'episodes'}, {rehearsed.perWeek} a week, instead of {now.episodes} (
          {now.perWeek})
        </span>
      </p>
      {from && to && (
        <p class="quiet">
          {formatDay(Date.parse(from))} to {formatDay(Date.parse(to))}; {staying} stay as they are.
        </p>
      )}
      {exactness.differing > 0 && <p class="quiet">{exactness.because}</p>}
      <Listed title="Would appear" sign="○" episodes={appearing} />
      <Listed title="Would vanish" sign="×" episodes={vanishing} />
    </div>
  )
}

function Listed(props: { readonly title: string; readonly sign: string; readonly episodes: readonly Episode[] }) {
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
              <button type="button" onClick={() => dispatch({ kind: 'selected', at: Date.parse(peak) as Ms })}>
                <span aria-hidden="true">{sign}</span>
                <span>{formatMinute(Date.parse(peak))}</span>
                <span class={`verdict-word is-${severity}`}>
                  <Mark kind={severity} /> {markNames[severity]}
                </span>
              </button>
            </li>
          ))}
      </ul>
    </>
  )
}

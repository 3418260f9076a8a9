import { formatPrice } from '../price.ts'
import { type Score, score } from '../score.ts'
import { part } from '../store.ts'
import './score-panel.css'

const tape = part(state => state.tape)
const market = part(state => state.market)
const intervalMs = part(state => state.intervalMs)

export function ScorePanel() {
  if (!market.value) return null
  const now = score(tape.value, intervalMs.value)
  return (
    <div class="scores">
      <Alarms {...now} budget={market.value.alarmsPerWeek} />
      <ForecastError error={now.error} />
    </div>
  )
}

function Alarms({ lastWeek, averageAWeek, weeks, budget }: Score & { readonly budget: number }) {
  return (
    <section
      class="card score"
      data-testid="alarms-per-week"
      data-last-week={lastWeek}
      data-average={averageAWeek ?? ''}
    >
      <h2>Alarms, last 7 days</h2>
      <p class="figure">
        <strong class={lastWeek > budget ? 'is-over' : ''}>{lastWeek}</strong>
        <span>
          {lastWeek > budget ? 'over' : 'within'} the budget of {budget} a week
        </span>
      </p>
      <Weeks weeks={weeks} budget={budget} />
      <p class="quiet">
        {averageAWeek === null ? 'An average comes after one week.' : `${averageAWeek.toFixed(1)} a week on average`}
      </p>
    </section>
  )
}

/** One column a week, the newest on the right, and the budget as a line. */
function Weeks({ weeks, budget }: { readonly weeks: readonly number[]; readonly budget: number }) {
  const top = Math.max(budget * 2, ...weeks, 1)
  const y = (count: number) => 29 - (count / top) * 26
  const blank = 12 - weeks.length
  return (
    <svg class="weeks" viewBox="0 0 120 30" preserveAspectRatio="none" role="img">
      <title>{`Alarms in each of the last ${weeks.length} weeks, oldest first: ${weeks.join(', ')}`}</title>
      {weeks.map((count, index) => {
        const x = (blank + index) * 10 + 1.5
        const height = Math.max(29 - y(count), 1)
        return (
          <rect key={index} class={count > budget ? 'is-over' : ''} x={x} y={29 - height} width="7" height={height} />
        )
      })}
      <path d={`M0 ${y(budget)}H120`} vector-effect="non-scaling-stroke" />
    </svg>
  )
}

function ForecastError({ error }: Pick<Score, 'error'>) {
  if (!error || !market.value) {
    return (
      <section class="card score" data-testid="mae">
        <h2>Forecast error of the high</h2>
        <p class="quiet">Shown from the first forecast that meets its bar.</p>
      </section>
    )
  }
  const { model, baseline, ratio } = error
  const name = market.value.market
  const most = Math.max(model, baseline, Number.EPSILON)
  return (
    <section class="card score" data-testid="mae" data-model={model} data-baseline={baseline} data-ratio={ratio ?? ''}>
      <h2>
        Forecast error of the high<span class="quiet">, mean</span>
      </h2>
      <p class="figure">
        <strong>{formatPrice(model, name)}</strong>
        <span>{verdictOn(ratio)}</span>
      </p>
      <dl class="compare">
        <Bar name="Model" text={formatPrice(model, name)} share={model / most} />
        <Bar name="Naive" text={formatPrice(baseline, name)} share={baseline / most} />
      </dl>
      <p class="quiet">
        {ratio !== null && `Ratio ${ratio.toFixed(2)} · `}
        {market.value.model.name} {market.value.model.version}
      </p>
      <Driver />
    </section>
  )
}

/** Who drives detection, and why: the newest verdict says it. */
function Driver() {
  const skill = tape.value.candles.at(-1)?.verdict?.skill
  if (!skill) return null
  const [who, why] = skill.because.split(/(?<=:) /, 2)
  return (
    <p class={skill.by === 'naive' ? 'handed-over' : 'quiet'} data-testid="skill" data-by={skill.by}>
      {skill.by === 'naive' ? <strong>{who}</strong> : who} {why}
    </p>
  )
}

function Bar({ name, text, share }: { readonly name: string; readonly text: string; readonly share: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <i class={`is-${name.toLowerCase()}`} style={{ width: `${(share * 100).toFixed(1)}%` }} />
      </dd>
      <dd>{text}</dd>
    </div>
  )
}

function verdictOn(ratio: number | null): string {
  if (ratio === null) return ''
  const percent = Math.round(Math.abs(1 - ratio) * 100)
  if (percent === 0) return 'the same as the naive forecast'
  return ratio < 1 ? `${percent} % less than the naive forecast` : `${percent} % more than the naive forecast`
}

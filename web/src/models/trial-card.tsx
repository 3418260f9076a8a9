import type { Market, Ms } from '@candlewatch/core/types'
import type { Trial, Version } from '../api/models.ts'
import { formatPrice } from '../format/price.ts'
import { formatDay, formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { addressOf, showBar } from '../state/navigation.ts'
import { asking, ChangeDialog } from './change-dialog.tsx'
import { Forbidden, mayChange, Refusal } from './permission.tsx'
import { busy, champion, choose, chosen, chosenDetail, promoteChosen, tryChosen, versions } from './registry.ts'
import { comparedText } from './version.ts'

const mostChallengers = 4

/** The version that is looked at beside the champion, over the same bars. */
export function TrialCard() {
  const [version, best] = [chosen.value, champion.value]
  if (!version || !best) return null
  if (version.id === best.id) {
    const others = versions.value?.filter(({ state }) => state === 'candidate' || state === 'retired') ?? []
    const challengers = others.slice(0, mostChallengers)
    return (
      <Card title="Beside the champion" data-testid="trial-card">
        <p class="quiet">
          This version is the champion: it judges. Choose another one to set its alarms and errors of the last 30 days
          beside the champion’s.
        </p>
        <ul class="row">
          {challengers.map(({ id, version }) => (
            <li key={id}>
              <button type="button" class="small" onClick={() => choose(id)}>
                {version}
              </button>
            </li>
          ))}
        </ul>
      </Card>
    )
  }
  if (version.name !== best.name || version.state === 'refused') {
    return (
      <Card title="Beside the champion" data-testid="trial-card">
        <p class="quiet">
          {version.state === 'refused'
            ? 'It cannot serve, so it is not tried.'
            : `It is no version of ${best.name}, which serves: they are not set beside one another.`}
        </p>
      </Card>
    )
  }
  const trial = version.trial
  const isTrying = busy.value === 'trial'
  return (
    <Card
      title="Beside the champion"
      summary={`${version.version} against ${best.version}, over the last 30 days of stored bars that it was not trained on.`}
      data-testid="trial-card"
      data-passed={trial?.passed ?? ''}
    >
      {trial ? <Outcome trial={trial} version={version} best={best} /> : <p>It was not tried yet.</p>}
      <div class="row">
        <button
          type="button"
          class="small"
          disabled={!mayChange() || busy.value !== null}
          onClick={() => void tryChosen()}
        >
          {isTrying ? 'Trying it' : trial ? 'Try it again' : 'Try it'}
        </button>
        <button
          type="button"
          class="primary"
          disabled={!mayChange() || busy.value !== null}
          onClick={() => {
            asking.value = 'promote'
          }}
        >
          Promote
        </button>
        {isTrying && <span class="quiet">A month of bars is judged: some seconds.</span>}
      </div>
      <Forbidden />
      <Refusal of={['trial', 'promote']} />
      <ChangeDialog
        kind="promote"
        title={`Promote ${version.version}?`}
        word={`It takes the place of ${best.version} and judges from the next row on. What was said already stays as it is.`}
        suggestion={trial?.passed ? trial.because : ''}
        act="Promote"
        run={promoteChosen}
      />
    </Card>
  )
}

/** As the log of promotions has it, but that nothing was promoted yet. */
function ruleText({ passed, because }: Trial): string {
  const why = because.replace(/^(Promoted|Not promoted): /, '')
  return `The rule is ${passed ? '' : 'not '}met: ${why}`
}

interface OutcomeProps {
  readonly trial: Trial
  readonly version: Version
  readonly best: Version
}

function Outcome({ trial, version, best }: OutcomeProps) {
  const { champion: against, passed, from, to, bars, error, championError, moreAt, fewerAt, at } = trial
  const market = chosenDetail.value?.figures?.market ?? ''
  return (
    <>
      <p class="trial-verdict" data-testid="trial-verdict">
        <i aria-hidden="true">{passed ? '●' : '○'}</i> {ruleText(trial)}
      </p>
      <Errors
        rows={[
          [version.version, error],
          [against, championError],
        ]}
        market={market as Market}
      />
      <p class="quiet">
        High and low together: {comparedText(error, championError)} than the champion. {bars.toLocaleString('en-US')}{' '}
        bars, {formatDay(Date.parse(from))} – {formatDay(Date.parse(to))}; tried {formatMinute(Date.parse(at))}{' '}
        {zoneName()}
        {against !== best.version && `, when ${against} was champion`}.
      </p>
      <div class="trial-alarms">
        <Alarms title="More" sign="+" word="that it alone raises" dates={moreAt} />
        <Alarms title="Fewer" sign="−" word="that the champion alone raised" dates={fewerAt} />
      </div>
    </>
  )
}

function Errors({ rows, market }: { readonly rows: readonly (readonly [string, number])[]; readonly market: Market }) {
  const most = Math.max(...rows.map(([, error]) => error))
  return (
    <dl class="model-errors">
      {rows.map(([name, error]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
              <rect width={(100 * error) / most} height="8" />
            </svg>
            {formatPrice(error, market)}
          </dd>
        </div>
      ))}
    </dl>
  )
}

interface AlarmsProps {
  readonly title: string
  readonly sign: string
  readonly word: string
  readonly dates: readonly string[]
}

function Alarms({ title, sign, word, dates }: AlarmsProps) {
  return (
    <section aria-label={`${title} alarms`} data-testid={`alarms-${title.toLowerCase()}`}>
      <h4>
        {sign}
        {dates.length} {dates.length === 1 ? 'alarm' : 'alarms'} <span class="quiet">{word}</span>
      </h4>
      <ul>
        {dates.map(date => (
          <li key={date}>
            <BarLink date={date} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** To the bar in the chart; a real link, so that it opens in a tab of its own too. */
function BarLink({ date }: { readonly date: string }) {
  const to = addressOf('watch')
  return (
    <a
      href={`${to}${to.includes('?') ? '&' : '?'}at=${date}`}
      onClick={event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
        event.preventDefault()
        showBar(Date.parse(date) as Ms)
      }}
    >
      {formatMinute(Date.parse(date))}
    </a>
  )
}

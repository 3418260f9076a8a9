import type { Model, Trial } from '@candlewatch/api/models'
import { counted } from '../format/count.ts'
import { formatPrice } from '../format/price.ts'
import { formatDay, formatMinute } from '../format/when.ts'
import { BarLink } from '../layout/links.tsx'
import { Card, Time } from '../layout/room.tsx'
import { mayAdminister } from '../sync/session.ts'
import { ChangeDialog, pendingChange } from './change-dialog.tsx'
import { ReadOnlyNote, RefusalNote } from './permission.tsx'
import { busy, champion, choose, chosen, chosenDetail, promoteChosen, tryChosen, versions } from './registry.ts'
import { comparedText } from './version.ts'

const title = 'Compared with the champion'
const mostChallengers = 4

/** The version that is shown and the champion, over the same bars. */
export function TrialCard() {
  const [version, best] = [chosen.value, champion.value]
  if (!version || !best) return null
  if (version.id === best.id) return <Challengers />
  if (version.name !== best.name || version.state === 'refused') {
    return (
      <Card title={title} data-testid="trial-card">
        <p class="quiet">
          {version.state === 'refused'
            ? 'This version cannot be used, so it is not compared.'
            : `This is not a version of ${best.name}, the model in use, so the two are not compared.`}
        </p>
      </Card>
    )
  }
  return <Comparison version={version} best={best} />
}

/** The champion is shown: other versions can be chosen to compare. */
function Challengers() {
  const others =
    versions.value?.filter(
      ({ name, state }) => name === champion.value?.name && (state === 'candidate' || state === 'retired'),
    ) ?? []
  return (
    <Card title={title} data-testid="trial-card">
      <p class="quiet">
        This version is the champion: it is in use. Choose another version to compare its alarms and errors over the
        last 30 days with the champion’s.
      </p>
      <ul class="row">
        {others.slice(0, mostChallengers).map(({ id, version }) => (
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

interface ComparisonProps {
  readonly version: Model
  readonly best: Model
}

function Comparison({ version, best }: ComparisonProps) {
  const { trial } = version
  const isRunning = busy.value === 'trial'
  const isDisabled = !mayAdminister.value || busy.value !== null
  return (
    <Card
      title={title}
      summary={`${version.version} and ${best.version}, over the last 30 days of stored bars that ${version.version} was not trained on.`}
      data-testid="trial-card"
      data-passed={trial?.passed ?? ''}
      data-tried-at={trial?.at ?? ''}
    >
      {trial ? <Outcome trial={trial} version={version} best={best} /> : <p>Not compared yet.</p>}
      <div class="row">
        <button
          type="button"
          class="small"
          disabled={isDisabled}
          onClick={() => void tryChosen()}
          data-testid="compare"
        >
          {isRunning ? 'Comparing' : trial ? 'Compare again' : 'Compare'}
        </button>
        <button
          type="button"
          class="primary"
          disabled={isDisabled}
          onClick={() => {
            pendingChange.value = 'promote'
          }}
          data-testid="promote"
        >
          Promote
        </button>
        {isRunning && <span class="quiet">Evaluating 30 days of bars, takes a few seconds.</span>}
      </div>
      <ReadOnlyNote />
      <RefusalNote of={['trial', 'promote']} />
      <ChangeDialog
        change="promote"
        title={`Promote ${version.version}?`}
        effect={`It replaces ${best.version} from the next row on. Past verdicts do not change.`}
        suggestion={trial?.passed ? trial.because : ''}
        action="Promote"
        run={promoteChosen}
      />
    </Card>
  )
}

interface OutcomeProps extends ComparisonProps {
  readonly trial: Trial
}

function Outcome({ trial, version, best }: OutcomeProps) {
  const { champion: against, passed, because, from, to, bars, error, championError, moreAt, fewerAt, at } = trial
  const market = chosenDetail.value?.figures?.market ?? ':'
  return (
    <>
      <p class="trial-verdict" data-testid="trial-verdict">
        <i aria-hidden="true">{passed ? '●' : '○'}</i> <strong>Promotion rule {passed ? 'met' : 'not met'}.</strong>{' '}
        {because}
      </p>
      <dl class="model-errors">
        <ErrorBar name={version.version} error={error} most={Math.max(error, championError)} market={market} />
        <ErrorBar name={against} error={championError} most={Math.max(error, championError)} market={market} />
      </dl>
      <p class="quiet">
        Error of high and low together: {comparedText(error, championError)} compared with the champion.{' '}
        {counted(bars, 'bar')}, {formatDay(Date.parse(from))} – {formatDay(Date.parse(to))}; compared on{' '}
        <Time at={at} zone />
        {against !== best.version && `, when ${against} was the champion`}.
      </p>
      <div class="trial-alarms">
        <Alarms kind="more" dates={moreAt} />
        <Alarms kind="fewer" dates={fewerAt} />
      </div>
    </>
  )
}

function ErrorBar(props: {
  readonly name: string
  readonly error: number
  readonly most: number
  readonly market: Parameters<typeof formatPrice>[1]
}) {
  const { name, error, most, market } = props
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
          <rect width={(100 * error) / most} height="8" />
        </svg>
        {formatPrice(error, market)}
      </dd>
    </div>
  )
}

const alarmTexts = {
  more: { sign: '+', label: 'More alarms', note: 'raised by this version only' },
  fewer: { sign: '−', label: 'Fewer alarms', note: 'raised by the champion only' },
} as const

function Alarms({ kind, dates }: { readonly kind: keyof typeof alarmTexts; readonly dates: readonly string[] }) {
  const { sign, label, note } = alarmTexts[kind]
  return (
    <section aria-label={label} data-testid={`alarms-${kind}`}>
      <h4>
        {sign}
        {counted(dates.length, 'alarm')} <span class="quiet">{note}</span>
      </h4>
      <ul>
        {dates.map(date => (
          <li key={date}>
            <BarLink date={date}>{formatMinute(Date.parse(date))}</BarLink>
          </li>
        ))}
      </ul>
    </section>
  )
}

import type { Model, ModelFigures } from '@candlewatch/api/models'
import type { ComponentChildren } from 'preact'
import { counted } from '../format/count.ts'
import { formatDay, formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { Curves } from './curves.tsx'
import { ModelState } from './model-state.tsx'
import { chosen, chosenDetail } from './registry.ts'
import { formatDuration } from './training.ts'
import { comparedWithNaive, formatError, formatShare, type Measured } from './version.ts'

/** Everything that is known about the version that is shown. */
export function VersionCard() {
  const version = chosen.value
  if (!version) {
    return (
      <Card title="No version yet" data-testid="version-card">
        <p class="quiet">No model was found. Training makes the first one.</p>
      </Card>
    )
  }
  const figures = chosenDetail.value?.figures
  return (
    <Card
      title={version.version}
      summary={version.name}
      actions={<ModelState state={version.state} />}
      data-testid="version-card"
      data-version={version.version}
      data-state={version.state}
    >
      {version.reason !== null && <p class="model-failure">{version.reason}</p>}
      <Metrics version={version} />
      {figures && (
        <>
          <h4>Training curves</h4>
          <Curves
            epochs={figures.settings.epochs}
            lines={figures.curves.map(({ network, kept, losses }) => ({
              name: `Network ${network}`,
              isQuiet: false,
              kept,
              losses,
            }))}
          />
          {figures.refitted && (
            <p class="quiet">
              The same training then ran once more on all rows, including the validation rows; those weights are the
              model.
            </p>
          )}
          <h4>Details</h4>
          <Facts version={version} figures={figures} />
        </>
      )}
      {chosenDetail.value && !figures && (
        <p class="quiet">Its manifest was written by another program, so how it was trained is not known.</p>
      )}
    </Card>
  )
}

function Metrics({ version: { metrics } }: { readonly version: Model }) {
  if (!metrics?.high || !metrics.low) return null
  const { bars, from, to } = metrics
  return (
    <>
      <h4>
        Validation
        {bars !== undefined && `, ${counted(bars, 'bar')}`}
        {from && to && `, ${formatDay(Date.parse(from))} – ${formatDay(Date.parse(to))}`}
      </h4>
      <div class="scroller">
        <table class="plain-table model-metrics" data-testid="metrics">
          <thead>
            <tr>
              <th>
                <span class="unseen">Price</span>
              </th>
              <th class="is-number">Error</th>
              <th class="is-number">Naive</th>
              <th class="is-number">Model vs. naive</th>
              <th class="is-number">Inside 90 % range</th>
            </tr>
          </thead>
          <tbody>
            <Measure name="High" measured={metrics.high} />
            <Measure name="Low" measured={metrics.low} />
          </tbody>
        </table>
      </div>
      <p class="quiet">
        Mean absolute error in the quote currency. The epoch was chosen on these rows, so these figures are slightly
        optimistic.
      </p>
    </>
  )
}

function Measure({ name, measured }: { readonly name: string; readonly measured: Measured }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="is-number">
        <strong>{formatError(measured.mae)}</strong>
      </td>
      <td class="is-number">{formatError(measured.baselineMae)}</td>
      <td class="is-number">{comparedWithNaive(measured)}</td>
      <td class="is-number">{formatShare(measured.coverage90)}</td>
    </tr>
  )
}

function Facts({ version, figures }: { readonly version: Model; readonly figures: ModelFigures }) {
  const { market, bars, validationFrom, seconds, backend, seeds, settings, network, features } = figures
  const { members, units, lookback, parameters } = network
  const { epochs, batchSize, learningRate, distillation } = settings
  const teacher = distillation > 0 ? `, ${Math.round(100 * distillation)} % of the loss from a teacher` : ''
  const [from, to] = [version.trainedFrom, version.trainedTo].map(at => (at ? formatDay(Date.parse(at)) : '–'))
  return (
    <dl class="model-facts">
      <Fact name="Rows">
        {counted(bars, 'bar')} of {market}, {version.interval}, {from} – {to}; validation from{' '}
        {formatDay(Date.parse(validationFrom))} on
      </Fact>
      <Fact name="Network">
        {members === 1 ? 'one LSTM' : `${members} LSTMs`} of {units} units over {lookback} bars,{' '}
        {counted(parameters, 'weight')}
      </Fact>
      <Fact name="Training">
        {epochs} epochs{members > 1 && ' each'}, batch {batchSize}, one-cycle learning rate up to {learningRate}
        {teacher}, {seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds.join(', ')}`}
      </Fact>
      <Fact name="Duration">
        {formatDuration(seconds)} on {backend}
        {version.createdAt && `, ${formatMinute(Date.parse(version.createdAt))} ${zoneName()}`}
      </Fact>
      <Fact name="Inputs">
        <details>
          <summary>{features.features.length} features per bar</summary>
          {features.features.join(', ')}
        </details>
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

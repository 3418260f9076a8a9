import type { ComponentChildren } from 'preact'
import type { Figures, Measured, Version } from '../api/models.ts'
import { formatDay, formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { Curves } from './curves.tsx'
import { ModelStateWord } from './model-state.tsx'
import { chosen, chosenDetail } from './registry.ts'
import { formatDuration } from './training.ts'
import { againstNaive, formatError, formatShare } from './version.ts'

/** All that is known of the version that is looked at. */
export function VersionCard() {
  const version = chosen.value
  if (!version) {
    return (
      <Card title="No version yet" data-testid="version-card">
        <p class="quiet">No model folder was found. A training makes the first one.</p>
      </Card>
    )
  }
  const figures = chosenDetail.value?.figures
  return (
    <Card
      title={version.version}
      summary={version.name}
      actions={<ModelStateWord state={version.state} />}
      data-testid="version-card"
      data-version={version.version}
      data-state={version.state}
    >
      {version.reason !== null && <p class="model-failure">{version.reason}</p>}
      <Metrics version={version} />
      {figures && (
        <>
          <h4>How it learned</h4>
          <Curves
            epochs={figures.settings.epochs}
            lines={figures.curves.map(({ network, kept, losses }) => ({
              name: `Network ${network}`,
              ...{ isQuiet: false, kept, losses },
            }))}
          />
          {figures.refitted && (
            <p class="quiet">
              Then the same training was run once more on all rows, those that validated too: those weights are the
              model.
            </p>
          )}
          <h4>What it is</h4>
          <Facts version={version} figures={figures} />
        </>
      )}
      {chosenDetail.value && !figures && (
        <p class="quiet">Its manifest is of another program: how it was trained cannot be told.</p>
      )}
    </Card>
  )
}

function Metrics({ version: { metrics } }: { readonly version: Version }) {
  if (!metrics?.high || !metrics.low) return null
  const { bars, from, to } = metrics
  return (
    <>
      <h4>
        Validation
        {bars !== undefined && `, ${bars.toLocaleString('en-US')} bars`}
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
              <th class="is-number">Model is</th>
              <th class="is-number">90 % range holds</th>
            </tr>
          </thead>
          <tbody>
            <Measure name="High" measured={metrics.high} />
            <Measure name="Low" measured={metrics.low} />
          </tbody>
        </table>
      </div>
      <p class="quiet">
        Mean absolute error, quote currency. The epoch was chosen on these rows, so they flatter a little.
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
      <td class="is-number">{againstNaive(measured)}</td>
      <td class="is-number">{formatShare(measured.coverage90)}</td>
    </tr>
  )
}

function Facts({ version, figures }: { readonly version: Version; readonly figures: Figures }) {
  const { market, bars, validationFrom, seconds, backend, seeds, settings, network, features } = figures
  const { members, units, lookback, parameters } = network
  const { epochs, batchSize, learningRate, distillation } = settings
  const taught = distillation > 0 ? `, ${Math.round(100 * distillation)} % of the loss from a teacher` : ''
  const [from, to] = [version.trainedFrom, version.trainedTo].map(at => (at ? formatDay(Date.parse(at)) : '–'))
  return (
    <dl class="model-facts">
      <Fact name="Rows">
        {bars.toLocaleString('en-US')} of {market}, {version.interval}, {from} – {to}; from{' '}
        {formatDay(Date.parse(validationFrom))} on they validate
      </Fact>
      <Fact name="Network">
        {members === 1 ? 'one LSTM' : `${members} LSTMs`} of {units} units over {lookback} bars,{' '}
        {parameters.toLocaleString('en-US')} weights
      </Fact>
      <Fact name="Training">
        {epochs} epochs{members > 1 && ' each'}, batch {batchSize}, one-cycle to {learningRate}
        {taught}, {seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds.join(', ')}`}
      </Fact>
      <Fact name="Took">
        {formatDuration(seconds)} on {backend}
        {version.createdAt && `, ${formatMinute(Date.parse(version.createdAt))} ${zoneName()}`}
      </Fact>
      <Fact name="Inputs">
        <details>
          <summary>{features.features.length} features a bar</summary>
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

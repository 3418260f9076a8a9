import type { Measured, Version } from '../api/models.ts'
import { formatDay, formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { ModelStateWord } from './model-state.tsx'
import { choose, chosen } from './registry.ts'
import { againstNaive, formatError, formatShare } from './version.ts'
import './versions-card.css'

/** Every version, the champion first; one of them is looked at. */
export function VersionsCard({ versions }: { readonly versions: readonly Version[] }) {
  return (
    <Card
      title="Versions"
      wide
      summary="Mean absolute error over each version’s own validation window, in brackets against the naive forecast there; how often its 90 % range held."
      data-testid="versions"
    >
      <div class="scroller">
        <table class="plain-table versions">
          <thead>
            <tr>
              <th>Version</th>
              <th>State</th>
              <th>Learned from</th>
              <th class="is-extra">Made, {zoneName()}</th>
              <th class="is-number">High</th>
              <th class="is-number">Low</th>
              <th class="is-number is-extra">Range holds</th>
            </tr>
          </thead>
          <tbody>
            {versions.map(version => (
              <Row key={version.id} version={version} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

function Row({ version }: { readonly version: Version }) {
  const { id, name, state, trainedFrom, trainedTo, createdAt, metrics } = version
  const isChosen = chosen.value?.id === id
  return (
    <tr class={isChosen ? 'is-chosen' : ''} data-testid="version" data-state={state} onClick={() => choose(id)}>
      <td>
        {/* The row's one stop for the keyboard; a click anywhere in the row does the same. */}
        <button type="button" class="version-name" aria-pressed={isChosen} title={name}>
          {version.version}
        </button>
      </td>
      <td>
        <ModelStateWord state={state} />
      </td>
      <td>
        {trainedFrom && trainedTo ? `${formatDay(Date.parse(trainedFrom))} – ${formatDay(Date.parse(trainedTo))}` : '–'}
      </td>
      <td class="is-extra">{createdAt ? formatMinute(Date.parse(createdAt)) : '–'}</td>
      <ErrorCell measured={metrics?.high} />
      <ErrorCell measured={metrics?.low} />
      <td class="is-number is-extra">
        {metrics?.high && metrics.low
          ? `${formatShare(metrics.high.coverage90)}, ${formatShare(metrics.low.coverage90)}`
          : '–'}
      </td>
    </tr>
  )
}

function ErrorCell({ measured }: { readonly measured: Measured | undefined }) {
  if (!measured) return <td class="is-number">–</td>
  return (
    <td class="is-number">
      <strong>{formatError(measured.mae)}</strong> <span class="quiet">({againstNaive(measured)})</span>
    </td>
  )
}

import type { Model } from '@candlewatch/api/models'
import { formatDay, formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { ModelState } from './model-state.tsx'
import { choose, chosen } from './registry.ts'
import { comparedWithNaive, formatError, formatShare, type Measured } from './version.ts'
import './versions-card.css'

/** Every version, the champion first. A row shows its version. */
export function VersionsCard({ versions }: { readonly versions: readonly Model[] }) {
  return (
    <Card
      title="Versions"
      wide
      summary="Mean absolute error in each version’s own validation window, in brackets compared with the naive forecast there, and how often the outcome was inside the 90 % range."
      data-testid="versions"
    >
      <div class="scroller">
        <table class="plain-table versions">
          <thead>
            <tr>
              <th>Version</th>
              <th>State</th>
              <th>Trained on</th>
              <th class="is-extra">Created, {zoneName()}</th>
              <th class="is-number">High</th>
              <th class="is-number">Low</th>
              <th class="is-number is-extra">Inside 90 % range</th>
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

function Row({ version }: { readonly version: Model }) {
  const { id, name, state, trainedFrom, trainedTo, createdAt, metrics } = version
  const isChosen = chosen.value?.id === id
  return (
    <tr
      class={isChosen ? 'is-chosen' : ''}
      data-testid="version"
      data-state={state}
      data-version={version.version}
      onClick={() => choose(id)}
    >
      <td>
        {/* The keyboard reaches the row here; a click anywhere in the row does the same. */}
        <button type="button" class="version-name" aria-pressed={isChosen} title={name}>
          {version.version}
        </button>
      </td>
      <td>
        <ModelState state={state} />
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
      <strong>{formatError(measured.mae)}</strong> <span class="quiet">({comparedWithNaive(measured)})</span>
    </td>
  )
}

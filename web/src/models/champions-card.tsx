import { formatCount } from '../format/count.ts'
import { Card, Time } from '../layout/room.tsx'
import { mayAdminister } from '../sync/session.ts'
import { ChangeDialog, pendingChange } from './change-dialog.tsx'
import { ReadOnlyNote, RefusalNote } from './permission.tsx'
import { busy, champion, choose, promotionLog, rollBack, versions } from './registry.ts'

const mostShown = 12

/** Which version was in use when and why, and the way back. */
export function ChampionsCard() {
  const [log, best] = [promotionLog.value, champion.value]
  if (!log || !best) return null
  const { promotions, earlier } = log
  return (
    <Card
      title="Promotion history"
      actions={
        <button
          type="button"
          class="small"
          disabled={earlier === null || !mayAdminister.value || busy.value !== null}
          title={earlier === null ? 'There is no earlier champion' : `Roll back to ${earlier}`}
          data-testid="roll-back"
          onClick={() => {
            pendingChange.value = 'rollback'
          }}
        >
          Roll back
        </button>
      }
      data-testid="champions"
    >
      <ol class="model-champions">
        {promotions.slice(0, mostShown).map(({ version, at, because }) => (
          <li key={`${version}${at}`}>
            <p>
              <VersionName id={`${best.name}@${version}`} version={version} />{' '}
              <span class="quiet">
                <Time at={at} zone />
              </span>
            </p>
            <p class="quiet">{because}</p>
          </li>
        ))}
      </ol>
      {promotions.length > mostShown && (
        <p class="quiet">{formatCount(promotions.length - mostShown)} earlier promotions are not shown.</p>
      )}
      {earlier === null && <p class="quiet">There is no earlier champion to roll back to.</p>}
      <ReadOnlyNote />
      <RefusalNote of={['rollback']} />
      {earlier !== null && (
        <ChangeDialog
          change="rollback"
          title={`Roll back to ${earlier}?`}
          effect={`It replaces ${best.version} from the next row on. Past verdicts do not change.`}
          suggestion=""
          action="Roll back"
          run={rollBack}
        />
      )}
    </Card>
  )
}

function VersionName({ id, version }: { readonly id: string; readonly version: string }) {
  if (!versions.value?.some(one => one.id === id)) return <strong>{version}</strong>
  return (
    <button type="button" class="version-name" onClick={() => choose(id)} title="Show this version">
      {version}
    </button>
  )
}

import { formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { asking, ChangeDialog } from './change-dialog.tsx'
import { Forbidden, mayChange, Refusal } from './permission.tsx'
import { busy, champion, champions, choose, rollBack, versions } from './registry.ts'

const mostShown = 12

/** Who judged when and why, and the way back. */
export function ChampionsCard() {
  const [log, best] = [champions.value, champion.value]
  if (!log || !best) return null
  const { promotions, earlier } = log
  return (
    <Card
      title="Who was champion"
      actions={
        <button
          type="button"
          class="small"
          disabled={earlier === null || !mayChange() || busy.value !== null}
          title={earlier === null ? 'There was none before this one' : `Back to ${earlier}`}
          onClick={() => {
            asking.value = 'rollback'
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
              <Name id={`${best.name}@${version}`} version={version} />{' '}
              <time class="quiet" dateTime={at}>
                {formatMinute(Date.parse(at))} {zoneName()}
              </time>
            </p>
            <p class="quiet">{because}</p>
          </li>
        ))}
      </ol>
      {promotions.length > mostShown && <p class="quiet">And {promotions.length - mostShown} earlier ones.</p>}
      {earlier === null && <p class="quiet">There was none before this one to roll back to.</p>}
      <Forbidden />
      <Refusal of={['rollback']} />
      {earlier !== null && (
        <ChangeDialog
          kind="rollback"
          title={`Back to ${earlier}?`}
          word={`It judges again in place of ${best.version}, from the next row on. What was said already stays as it is.`}
          suggestion=""
          act="Roll back"
          run={rollBack}
        />
      )}
    </Card>
  )
}

function Name({ id, version }: { readonly id: string; readonly version: string }) {
  if (!versions.value?.some(one => one.id === id)) return <strong>{version}</strong>
  return (
    <button type="button" class="version-name" onClick={() => choose(id)} title="Look at it">
      {version}
    </button>
  )
}

import { showLog } from '../episodes/log.ts'
import { entries } from '../episodes/opened.ts'
import { countBy, counted, formatCount } from '../format/count.ts'
import { Card } from '../layout/room.tsx'
import { Mark } from '../marks/mark.tsx'
import { kinds, markNames, typeNames, typeSigns, types } from '../marks/marks.ts'

/** The number of episodes and faults of each severity. */
export function SeveritiesCard() {
  const counts = countBy(entries.value.map(({ kind }) => kind))
  return (
    <Card title="By severity" id="episodes" summary={allText()} data-testid="by-severity">
      <ul class="shares">
        {kinds.map(kind => (
          <Share
            key={kind}
            name={kind}
            sign={<Mark kind={kind} />}
            label={markNames[kind]}
            count={counts.get(kind) ?? 0}
            tone={`is-${kind}`}
            onClick={() => showLog({ kinds: [kind] })}
          />
        ))}
      </ul>
    </Card>
  )
}

/** The number of episodes and faults of each type. */
export function TypesCard() {
  const counts = countBy(entries.value.map(({ type }) => type))
  return (
    <Card title="By type" summary="Moves of the market and faults of the feed." data-testid="by-type">
      <ul class="shares">
        {types.map(type => (
          <Share
            key={type}
            name={type}
            sign={<i class="type-sign">{typeSigns[type] ?? <Mark kind="fault" />}</i>}
            label={typeNames[type]}
            count={counts.get(type) ?? 0}
            tone={type in typeSigns ? '' : 'is-fault'}
            onClick={() => showLog({ type })}
          />
        ))}
      </ul>
    </Card>
  )
}

function allText(): string {
  const faults = entries.value.filter(({ kind }) => kind === 'fault').length
  return `${counted(entries.value.length - faults, 'episode')} and ${counted(faults, 'feed fault')}. Select a line to list them.`
}

interface ShareProps {
  readonly name: string
  readonly sign: preact.ComponentChildren
  readonly label: string
  readonly count: number
  readonly tone: string
  readonly onClick: () => void
}

function Share({ name, sign, label, count, tone, onClick }: ShareProps) {
  const share = count / Math.max(1, entries.value.length)
  return (
    <li>
      <button type="button" onClick={onClick} title="List them" data-testid={`share-${name}`} data-count={count}>
        <span class="share-text">
          <span aria-hidden="true">{sign}</span> {label}
        </span>
        <span class="share-bar" aria-hidden="true">
          <i class={tone} style={{ width: `${share * 100}%` }} />
        </span>
        <strong>{formatCount(count)}</strong>
        <span class="quiet">{`${Math.round(share * 100)} %`}</span>
      </button>
    </li>
  )
}

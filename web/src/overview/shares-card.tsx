import { showLog } from '../episodes/log.ts'
import { entries } from '../episodes/opened.ts'
import { countBy, counted } from '../format/count.ts'
import { Card } from '../layout/room.tsx'
import { Mark } from '../marks/mark.tsx'
import { kinds, markNames, typeNames, typeSigns, types } from '../marks/marks.ts'

/** How grave the episodes were. */
export function SeveritiesCard() {
  const counts = countBy(entries.value.map(({ kind }) => kind))
  return (
    <Card title="By severity" id="episodes" summary={allWord()} data-testid="by-severity">
      <ul class="shares">
        {kinds.map(kind => (
          <Share
            key={kind}
            sign={<Mark kind={kind} />}
            word={markNames[kind]}
            count={counts.get(kind) ?? 0}
            tone={`is-${kind}`}
            onClick={() => showLog({ kinds: [kind] })}
          />
        ))}
      </ul>
    </Card>
  )
}

/** What happened in them. */
export function TypesCard() {
  const counts = countBy(entries.value.map(({ type }) => type))
  return (
    <Card title="By type" summary="Moves of the market, and faults of the feed." data-testid="by-type">
      <ul class="shares">
        {types.map(type => (
          <Share
            key={type}
            sign={<i class="type-sign">{typeSigns[type] ?? <Mark kind="fault" />}</i>}
            word={typeNames[type]}
            count={counts.get(type) ?? 0}
            tone={type in typeSigns ? '' : 'is-fault'}
            onClick={() => showLog({ type })}
          />
        ))}
      </ul>
    </Card>
  )
}

function allWord(): string {
  const faults = entries.value.filter(({ kind }) => kind === 'fault').length
  return `${counted(entries.value.length - faults, 'episode')} and ${counted(faults, 'fault')} of the feed. Each line opens the log.`
}

interface ShareProps {
  readonly sign: preact.ComponentChildren
  readonly word: string
  readonly count: number
  readonly tone: string
  readonly onClick: () => void
}

function Share({ sign, word, count, tone, onClick }: ShareProps) {
  const share = count / Math.max(1, entries.value.length)
  return (
    <li>
      <button type="button" onClick={onClick} title="Show them in the log">
        <span class="share-word">
          <span aria-hidden="true">{sign}</span> {word}
        </span>
        <span class="share-bar" aria-hidden="true">
          <i class={tone} style={{ width: `${share * 100}%` }} />
        </span>
        <strong>{count.toLocaleString('en-US')}</strong>
        <span class="quiet">{`${Math.round(share * 100)} %`}</span>
      </button>
    </li>
  )
}

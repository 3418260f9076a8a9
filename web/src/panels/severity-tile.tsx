import { kinds } from '../log.ts'
import { entries } from '../opened.ts'
import { Mark, markWords } from './mark.tsx'
import { Tile } from './tile.tsx'

export function SeverityTile() {
  return (
    <Tile title="Episodes" data-testid="severities">
      <span class="severities">
        {kinds.map(kind => (
          <span key={kind}>
            <Mark kind={kind} /> <strong>{entries.value.filter(entry => entry.kind === kind).length}</strong>{' '}
            {kind === 'fault' ? 'faults' : markWords[kind].toLowerCase()}
          </span>
        ))}
      </span>
    </Tile>
  )
}

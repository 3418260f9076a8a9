import { Mark, markWords } from '../episodes/mark.tsx'
import { kinds } from '../episodes/marks.ts'
import { entries } from '../episodes/opened.ts'
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

import { countBy } from '../episodes/count-by.ts'
import { Mark, markWords } from '../episodes/mark.tsx'
import { kinds } from '../episodes/marks.ts'
import { entries } from '../episodes/opened.ts'
import { Tile } from './tile.tsx'

export function SeverityTile() {
  const counts = countBy(entries.value.map(({ kind }) => kind))
  return (
    <Tile title="Episodes and faults" part="episodes" data-testid="severities">
      <span class="severities">
        {kinds.map(kind => (
          <span key={kind} title={markWords[kind]}>
            <Mark kind={kind} /> <span class="unseen">{markWords[kind]}</span> <strong>{counts.get(kind) ?? 0}</strong>
          </span>
        ))}
      </span>
    </Tile>
  )
}

import { Mark, markWords } from '../episodes/mark.tsx'
import type { MarkKind } from '../episodes/marks.ts'
import { part } from '../state/store.ts'
import './legend.css'

const isRehearsing = part(state => state.rehearsal !== null)
const kinds: readonly MarkKind[] = ['low', 'medium', 'high', 'critical', 'fault']

export function Legend() {
  return (
    <ul class="legend" aria-label="Legend">
      <li>
        <i class="swatch is-high" /> High, 90 % forecast
      </li>
      <li>
        <i class="swatch is-low" /> Low, 90 % forecast
      </li>
      <li>
        <i class="swatch is-next" /> Next bar
      </li>
      <li class="severities">
        <span>Anomaly:</span>
        {kinds.slice(0, 4).map(kind => (
          <span key={kind}>
            <Mark kind={kind} /> {markWords[kind].toLowerCase()}
          </span>
        ))}
      </li>
      <li>
        <Mark kind="fault" /> Feed fault
      </li>
      {isRehearsing.value && <li class="ghost-word">○ would appear × would vanish</li>}
    </ul>
  )
}

import type { Label } from '@candlewatch/api/labels'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { markOpened } from './opened.ts'

const labels: Readonly<Record<Label['mark'], { readonly name: string; readonly sign: string }>> = {
  right: { name: 'Right', sign: '✓' },
  wrong: { name: 'Wrong', sign: '✕' },
  missed: { name: 'Missed', sign: '!' },
}

/** Buttons to mark an alarm as right or wrong, or a bar as a missed alarm. */
export function LabelButtons({
  verdict,
  current,
}: {
  readonly verdict: Verdict
  readonly current: Label['mark'] | undefined
}) {
  const offered = verdict.isAnomaly ? (['right', 'wrong'] as const) : (['missed'] as const)
  return (
    <div class="marks">
      <p id="marks-text">{questionAbout(verdict)}</p>
      {/* biome-ignore lint/a11y/useSemanticElements: these are buttons, not a form */}
      <div role="group" aria-labelledby="marks-text">
        {offered.map(mark => (
          <button
            key={mark}
            type="button"
            class={`chip mark-${mark}`}
            aria-pressed={current === mark}
            data-testid={`mark-${mark}`}
            onClick={() => void markOpened(mark)}
          >
            <span aria-hidden="true">{labels[mark].sign}</span> {labels[mark].name}
          </button>
        ))}
        <span class="quiet" role="status">
          {current ? `Marked as ${current}` : ''}
        </span>
      </div>
    </div>
  )
}

function questionAbout({ isAnomaly, status }: Verdict): string {
  if (isAnomaly) return 'Was this alarm useful?'
  return status === 'feed-fault'
    ? 'This bar is marked as a feed fault. Should it have been an alarm?'
    : 'No alarm was raised. Should there have been one?'
}

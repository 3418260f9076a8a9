import { detectorName } from '@candlewatch/api/values/detectors'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { agreesAt } from '@candlewatch/core/verdict'
import { rareness } from '../chart/strip.ts'
import { rankOf, rarest, sparkline } from './detectors.ts'
import { neighbours } from './neighbours.ts'
import './detector-list.css'

const sparkBox = [84, 20] as const

/** The deciding detectors and the observers: how rare the bar is to each one, and how rare the bars around it were. */
export function DetectorList({ verdict }: { readonly verdict: Verdict }) {
  const ordered = verdict.detectors.toSorted((a, b) => b.share - a.share || a.pValue - b.pValue)
  return (
    <ul class="detectors" data-testid="detectors">
      {ordered.map(({ id, pValue, share }) => (
        <li key={id} data-testid="detector" data-p-value={pValue}>
          <span>
            <span class={share > 0 ? 'decides' : ''}>{detectorName(id)}</span>
            {share > 0 && <span class="quiet"> decides{share < 1 && `, ${Math.round(share * 100)} %`}</span>}
          </span>
          <span class={pValue <= agreesAt ? '' : 'quiet'}>{rankOf(pValue)}</span>
          <RarityBar pValue={pValue} />
          <History detector={id} at={Date.parse(verdict.date)} />
        </li>
      ))}
    </ul>
  )
}

function RarityBar({ pValue }: { readonly pValue: number }) {
  const share = Math.min(100, (rareness(pValue) / rarest) * 100)
  return (
    <span class="rare" aria-hidden="true" title={`p ${Number(pValue.toPrecision(2))}`}>
      <i class={pValue <= agreesAt ? 'is-rare' : ''} style={{ width: `${share}%` }} />
    </span>
  )
}

function History({ detector, at }: { readonly detector: string; readonly at: number }) {
  const line = sparkline(neighbours.value ?? [], detector, at, sparkBox)
  if (!line) return null
  return (
    <svg class="spark" viewBox={`0 0 ${sparkBox[0]} ${sparkBox[1]}`} aria-hidden="true">
      <path d={line.path} />
      {line.dot && <circle cx={line.dot.x} cy={line.dot.y} r="2.5" />}
    </svg>
  )
}

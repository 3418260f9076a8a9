import type { Ms } from '@candlewatch/api/units'
import { rarityText } from '@candlewatch/api/values/rarity'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { agreementOf, sizeOf } from '@candlewatch/core/verdict'
import { useEffect, useRef } from 'preact/hooks'
import { counted } from '../format/count.ts'
import { formatChange } from '../format/price.ts'
import { formatMinute, formatShort, formatSpan } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Mark } from '../marks/mark.tsx'
import { markNames, typeNames, typeSigns } from '../marks/marks.ts'
import { dispatch, part } from '../state/store.ts'
import { BarsAround } from './bars-around.tsx'
import { DetectorList } from './detector-list.tsx'
import type { Entry } from './entry.ts'
import { Gauge } from './gauge.tsx'
import { LabelButtons } from './label-buttons.tsx'
import { openAdjacent } from './log.ts'
import { neighbours } from './neighbours.ts'
import { openedEntry, openedVerdict } from './opened.ts'
import './bar-panel.css'

const intervalMs = part(state => state.intervalMs)
const labels = part(state => state.labels)

/** The verdict of the bar that opens at `at`: an episode's peak, or any bar that was clicked. */
export function BarPanel({ at }: { readonly at: Ms }) {
  const verdict = openedVerdict.value
  const entry = openedEntry.value
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.getElementById('side')?.scrollIntoView({ block: 'nearest' })
    // The clicked element is gone from the page, so the keyboard continues here.
    if (document.activeElement === document.body) title.current?.focus({ preventScroll: true })
  }, [at])
  return (
    <section class="panel" aria-label="Verdict for this bar" data-testid="bar-panel">
      <div class="panel-nav">
        <button type="button" class="small" onClick={() => dispatch({ kind: 'picked', at: null })}>
          ‹ Back
        </button>
        {entry && <Pager />}
      </div>
      <div class="panel-body">
        <h2 tabIndex={-1} ref={title}>
          <Kind entry={entry} at={at} />
          <time dateTime={new Date(at).toISOString()}>
            {formatMinute(at)} <span class="quiet">{zoneName()}</span>
          </time>
        </h2>
        {verdict ? <Details verdict={verdict} /> : <NoVerdict />}
      </div>
      {verdict && <LabelButtons verdict={verdict} current={labels.value.get(at)} />}
    </section>
  )
}

function Pager() {
  return (
    <span class="pager">
      <button type="button" class="small" aria-label="Newer episode" title="Newer (k)" onClick={() => openAdjacent(-1)}>
        ↑
      </button>
      <button type="button" class="small" aria-label="Older episode" title="Older (j)" onClick={() => openAdjacent(1)}>
        ↓
      </button>
    </span>
  )
}

function Kind({ entry, at }: { readonly entry: Entry | null; readonly at: Ms }) {
  if (!entry) return <span>Bar</span>
  const { kind, type, peak } = entry
  if (peak !== at) return <span>Part of an episode</span>
  return (
    <span>
      <span class={`verdict-text is-${kind}`}>
        <Mark kind={kind} /> {markNames[kind]}
      </span>
      <span>
        <span aria-hidden="true">{typeSigns[type]}</span> {typeNames[type]}
      </span>
    </span>
  )
}

function NoVerdict() {
  if (!neighbours.value) return <p class="quiet">Loading this bar</p>
  return (
    <>
      <p class="quiet">No verdict for this bar.</p>
      <BarsAround />
    </>
  )
}

function Details({ verdict }: { readonly verdict: Verdict }) {
  const { high, low, market, because, detectors, model, alarmsPerWeek, skill, again } = verdict
  return (
    <>
      <p class="sentence">{because}</p>
      <Facts verdict={verdict} />
      <BarsAround />
      {high && low && (
        <section data-testid="gauges">
          <h3>Expected and actual</h3>
          <Gauge name="High" outcome={high} market={market} />
          <Gauge name="Low" outcome={low} market={market} />
        </section>
      )}
      {detectors.length > 0 && (
        <>
          <h3>Detectors, each compared with its own past</h3>
          <DetectorList verdict={verdict} />
        </>
      )}
      <p class="quiet judged">
        Judged by {model.name} {model.version} with a budget of {alarmsPerWeek} per week. {skill?.because}
        {again && ` ${judgedAgainText(again)}`}
      </p>
    </>
  )
}

/** Says why a bar was judged a second time. */
function judgedAgainText({ kind, date }: NonNullable<Verdict['again']>): string {
  const what = kind === 'filled' ? 'arrived late' : kind === 'changed' ? 'was corrected' : 'was withdrawn'
  return `Judged again after the bar of ${formatShort(Date.parse(date))} ${zoneName()} ${what}.`
}

function Facts({ verdict }: { readonly verdict: Verdict }) {
  const entry = openedEntry.value
  const size = sizeOf(verdict)
  const { seenBy, detectors } = agreementOf(verdict)
  const rows: (readonly [string, string] | null)[] = [
    size === null ? null : ['Size', formatChange(size)],
    ['Rarity', rarityText(verdict.pValue, intervalMs.value)],
    verdict.pValue === null ? null : ['p-value', String(Number(verdict.pValue.toPrecision(2)))],
    detectors === 0 ? null : ['Seen by', `${seenBy} of ${counted(detectors, 'detector')}`],
    entry && [
      'Duration',
      `${formatSpan(entry.end - entry.start + intervalMs.value)}, ${counted(entry.alarms, 'alarm')}`,
    ],
    entry && entry.start !== entry.peak ? ['Began', `${formatShort(entry.start)} ${zoneName()}`] : null,
  ]
  return (
    <dl class="facts" data-testid="bar-facts" data-seen-by={seenBy} data-detectors={detectors}>
      {rows.map(
        row =>
          row && (
            <div key={row[0]}>
              <dt>{row[0]}</dt>
              <dd>{row[1]}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

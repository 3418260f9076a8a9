import { rarityText } from '@candlewatch/api/values/rarity'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { agreementOf, sizeOf } from '@candlewatch/core/verdict'
import { useEffect, useRef } from 'preact/hooks'
import { formatChange } from '../format/price.ts'
import { formatMinute, formatShort, formatSpan } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Mark } from '../marks/mark.tsx'
import { markNames, typeNames, typeSigns } from '../marks/marks.ts'
import { dispatch, part } from '../state/store.ts'
import { BarsAround } from './bars-around.tsx'
import { DetectorList } from './detector-list.tsx'
import { Gauge } from './gauge.tsx'
import { openAdjacent } from './log.ts'
import { neighbours } from './neighbours.ts'
import { markOpened, openedAt, openedEntry, openedVerdict } from './opened.ts'
import './bar-panel.css'

const intervalMs = part(state => state.intervalMs)
const labels = part(state => state.labels)

/** All that was said of one bar: an episode's peak, or whichever bar was clicked. */
export function BarPanel() {
  const at = openedAt.value!
  const verdict = openedVerdict.value
  const entry = openedEntry.value
  const kind = entry && entry.peak === at ? entry.kind : null
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.getElementById('side')?.scrollIntoView({ block: 'nearest' })
    // What was clicked is gone from the page: the keyboard goes on from here.
    if (document.activeElement === document.body) title.current?.focus({ preventScroll: true })
  }, [at])
  return (
    <section class="panel" aria-label="What was said of this bar" data-testid="bar-panel">
      <div class="panel-nav">
        <button type="button" class="small" onClick={close}>
          ‹ Back
        </button>
        {entry && (
          <span class="pager">
            <button
              type="button"
              class="small"
              aria-label="Newer episode"
              title="Newer (k)"
              onClick={() => openAdjacent(-1)}
            >
              ↑
            </button>
            <button
              type="button"
              class="small"
              aria-label="Older episode"
              title="Older (j)"
              onClick={() => openAdjacent(1)}
            >
              ↓
            </button>
          </span>
        )}
      </div>
      <div class="panel-body">
        <h2 tabIndex={-1} ref={title}>
          {entry && kind ? (
            <span>
              <span class={`verdict-word is-${kind}`}>
                <Mark kind={kind} /> {markNames[kind]}
              </span>
              <span>
                <span aria-hidden="true">{typeSigns[entry.type]}</span> {typeNames[entry.type]}
              </span>
            </span>
          ) : (
            <span>{entry ? 'Within an episode' : 'Bar'}</span>
          )}
          <time dateTime={new Date(at).toISOString()}>
            {formatMinute(at)} <span class="quiet">{zoneName()}</span>
          </time>
        </h2>
        {verdict ? <StatedStream verdict={verdict} /> : <Unsaid />}
      </div>
      {verdict && <Marks verdict={verdict} standing={labels.value.get(at)} />}
    </section>
  )
}

export function close(): void {
  dispatch({ kind: 'picked', at: null })
}

function Unsaid() {
  if (!neighbours.value) return <p class="quiet">Looking for this bar</p>
  return (
    <>
      <p class="quiet">Nothing was said of this bar.</p>
      <BarsAround />
    </>
  )
}

function StatedStream({ verdict }: { readonly verdict: Verdict }) {
  const { high, low, market, because, detectors, model, alarmsPerWeek, skill } = verdict
  return (
    <>
      <p class="sentence">{because}</p>
      <Facts verdict={verdict} />
      <BarsAround />
      {high && low && (
        <>
          <h3>Expected against actual</h3>
          <Gauge name="High" outcome={high} market={market} />
          <Gauge name="Low" outcome={low} market={market} />
        </>
      )}
      {detectors.length > 0 && (
        <>
          <h3>Each detector against its own past</h3>
          <DetectorList verdict={verdict} />
        </>
      )}
      <p class="quiet judged">
        Judged by {model.name} {model.version} at {alarmsPerWeek} a week. {skill?.because}
      </p>
    </>
  )
}

function Facts({ verdict }: { readonly verdict: Verdict }) {
  const entry = openedEntry.value
  const size = sizeOf(verdict)
  const { seenBy, detectors } = agreementOf(verdict)
  const rows: (readonly [string, string] | null)[] = [
    size === null ? null : ['Size', formatChange(size)],
    ['How rare', rarityText(verdict.pValue, intervalMs.value)],
    verdict.pValue === null ? null : ['p-value', String(Number(verdict.pValue.toPrecision(2)))],
    detectors === 0 ? null : ['Agreement', `${seenBy} of ${detectors} see it`],
    entry && ['Lasted', `${formatSpan(entry.end - entry.start + intervalMs.value)}, ${count(entry.alarms)}`],
    entry && entry.start !== entry.peak ? ['Began', `${formatShort(entry.start)} ${zoneName()}`] : null,
  ]
  return (
    <dl class="facts">
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

const count = (alarms: number) => `${alarms} ${alarms === 1 ? 'alarm' : 'alarms'}`

function question({ isAnomaly, status }: Verdict): string {
  if (isAnomaly) return 'Was this alarm worth having?'
  return status === 'feed-fault'
    ? 'Taken for a fault of the feed: should it have been an alarm?'
    : 'No alarm was raised: should one have been?'
}

const words = { right: 'Right', wrong: 'Wrong', missed: 'Missed' } as const

function Marks({ verdict, standing }: { readonly verdict: Verdict; readonly standing: string | undefined }) {
  const fitting = verdict.isAnomaly ? (['right', 'wrong'] as const) : (['missed'] as const)
  return (
    <div class="marks">
      <p id="marks-word">{question(verdict)}</p>
      {/* biome-ignore lint/a11y/useSemanticElements: three buttons, not a form */}
      <div role="group" aria-labelledby="marks-word">
        {fitting.map(mark => (
          <button
            key={mark}
            type="button"
            class={`chip mark-${mark}`}
            aria-pressed={standing === mark}
            data-testid={`mark-${mark}`}
            onClick={() => void markOpened(mark)}
          >
            <span aria-hidden="true">{mark === 'right' ? '✓' : mark === 'wrong' ? '✕' : '!'}</span> {words[mark]}
          </button>
        ))}
        <span class="quiet" role="status">
          {standing ? `Marked ${standing}` : ''}
        </span>
      </div>
    </div>
  )
}

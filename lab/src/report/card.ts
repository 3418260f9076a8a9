import type { Manifest } from '@candlewatch/core/forecast/artifact'
import { trainedTo } from '@candlewatch/core/forecast/model-choice'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Series } from '@candlewatch/core/types'
import type { DetectionReport } from '../detection/detection-report.ts'
import type { Judged } from './judged-rows.ts'
import type { Peer } from './peer.ts'
import { bootstrap, type Figures, figuresOf, joinPeer } from './report.ts'

/** The result of an evaluation, for all output formats. */
export interface ReportCard extends Figures {
  readonly model: {
    readonly name: string
    readonly version: string
    readonly trainedFrom: string
    readonly trainedTo: string
    /** The number of networks whose mean is the forecast; `losses` has one member after another. */
    readonly members: number
    readonly losses: Manifest['training']['losses']
  }
  readonly source: string
  readonly market: string
  readonly interval: string
  /** Open of the first row judged, and the first open after the last one, ISO 8601 UTC. */
  readonly from: string
  readonly to: string
  readonly rows: number
  readonly unjudged: number
  readonly peers: readonly { readonly name: string; readonly rows: number }[]
  readonly warnings: readonly string[]
  /** null with --no-detection. */
  readonly detection: DetectionReport | null
}

/** Makes the report card. */
export function reportCard(
  series: Series,
  manifest: Manifest,
  judged: Pick<Judged, 'rows' | 'unjudged'>,
  peers: readonly Peer[],
  detection: DetectionReport | null = null,
): ReportCard {
  const rows = peers.reduce<Judged['rows']>(joinPeer, judged.rows)
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last) throw new RangeError('A report card needs at least one row.')
  return {
    model: {
      name: manifest.name,
      version: manifest.version,
      trainedFrom: manifest.training.from,
      trainedTo: manifest.training.to,
      members: manifest.network.members,
      losses: manifest.training.losses,
    },
    source: series.name,
    market: series.market,
    interval: formatInterval(series.intervalMs),
    from: isoDate(first.openMs),
    to: isoDate(last.openMs + series.intervalMs),
    rows: rows.length,
    unjudged: judged.unjudged,
    peers: peers.map(peer => ({ name: peer.name, rows: rows.filter(row => peer.byOpen.has(row.openMs)).length })),
    warnings: warnings(series, manifest, judged),
    ...figuresOf(rows),
    detection,
  }
}

function warnings({ market }: Series, manifest: Manifest, { rows }: Pick<Judged, 'rows'>): string[] {
  const { from } = manifest.training
  const to = trainedTo(manifest, market)
  const seen = to === null ? 0 : rows.filter(row => row.openMs <= Date.parse(to)).length
  const all: string[] = []
  if (seen > 0) {
    all.push(
      `${grouped(seen)} of ${grouped(rows.length)} rows are not after the model's training rows (${from} to ${to}). ` +
        'The model has seen them or what followed, so its figures are too good. Evaluate with a later --from.',
    )
  }
  if (manifest.market !== null && market !== manifest.market)
    all.push(`The model was trained on ${manifest.market}; these rows come from ${market}.`)
  return all
}

const grouped = (count: number) => count.toLocaleString('en-US')

/** Writes the report card as JSON with seven significant digits. */
export function toJson({ forecast, months, detection, ...card }: ReportCard): string {
  const { losses: _, ...model } = card.model
  const coverageByMonth = months.map(({ month, rows, high, low }) => ({
    month,
    rows,
    high: high.coverage90,
    low: low.coverage90,
  }))
  const errorByMonth = months.map(({ month, rows, high, low }) => ({ month, rows, high: high.mae, low: low.mae }))
  const all = { ...card, model, bootstrap, forecast, coverageByMonth, errorByMonth, detection }
  const short = (_: string, x: unknown) => (typeof x === 'number' ? Number(x.toPrecision(7)) : x)
  return `${JSON.stringify(all, short, 2)}\n`
}

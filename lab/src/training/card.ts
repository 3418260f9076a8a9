import type { Manifest, TrainedSeries } from '@candlewatch/core/forecast/artifact'

/** Writes the model's card as Markdown: what it is, what it was trained on, how good it is and what it is not for. */
export function card(manifest: Manifest): string {
  const { network, training, metrics, features } = manifest
  const row = (name: string, m: { mae: number; baselineMae: number; coverage90: number }) =>
    `| ${name} | ${m.mae.toFixed(2)} | ${m.baselineMae.toFixed(2)} | ${(m.mae / m.baselineMae).toFixed(3)} | ${(100 * m.coverage90).toFixed(1)} % |`
  return `# ${manifest.name} ${manifest.version}

Forecasts the high and the low of the next ${barOf(manifest)}: the median and an interval that should contain it nine times in ten.

- **Network**: ${membersOf(network)} over ${network.lookback} bars, and a linear head: ${network.quantiles.length} quantiles each of ${network.targets.join(', ')}. ${network.parameters} weights were learned.
- **Judged by**: the medians of high and low, which alone shape the LSTM; the other quantiles read its state.
- **Inputs**: ${features.features.length} features, "${features.name}" version ${features.version}: ${features.features.join(', ')}.
- **Target**: log(next high / close) and log(close / next low) over the volatility scale; pinball loss weighted by that scale. The 90 % range is corrected by what the last 500 outcomes needed.
- **Rows**: ${training.bars} of ${manifest.market ?? `${training.series?.length ?? 1} series`}, ${training.from} to ${training.to}. ${fittedOn(manifest)}
- **Training**: ${seedsOf(manifest)}, ${epochs(manifest)}, kept: epoch ${training.kept.join(', ')}, batch ${training.batchSize}, one-cycle to ${training.learningRate}, samples weighted by the ${training.weighting} of volatility, weights averaged with ${training.averaging},${training.distillation > 0 ? ` ${100 * training.distillation} % of the loss following boosted trees and an LSTM out of fold,` : ''} backend ${training.backend}, ${training.seconds} s.

Validation window, ${metrics.bars} bars, ${manifest.market === null ? 'percent of the price, each series counting alike' : 'quote currency'}:

| | MAE | naive MAE | ratio | inside the 90 % interval |
|---|---|---|---|---|
${row('high', metrics.high)}
${row('low', metrics.low)}

The epoch was chosen on this window, so these figures are slightly too good; a period after ${training.to} is the fair test.

${seriesOf(manifest)}| epoch | training: pinball loss of all heads | validation: mean absolute error of the medians, % |
|---|---|---|
${training.losses.map(l => `| ${l.epoch} | ${l.training.toFixed(4)} | ${l.validation?.toFixed(4) ?? '–'} |`).join('\n')}

Not for: ${manifest.interval === null ? '' : `an interval other than ${manifest.interval}, or `}the direction of the price. It knows candles only: no order book, no news.
`
}

const barOf = ({ interval }: Manifest) => (interval === null ? 'bar of any market and interval' : `${interval} bar`)

function seriesOf({ training: { series } }: Manifest): string {
  if (series === undefined) return ''
  const rows = series.map(
    one => `| ${one.market} | ${one.interval} | ${one.bars} | ${one.from} | ${one.to} | ${errorsOf(one)} |`,
  )
  return `Series, with the error of high and low over the rows that validated, percent of the price:

| market | interval | rows | from | to | MAE | naive MAE | ratio |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}

`
}

function fittedOn({ training }: Manifest): string {
  const judged = `Weights were fitted on the rows before ${training.validationFrom}; the rest chose the epoch and gave the calibration scores and the figures below.`
  return training.refitted
    ? `${judged} Then the same training was run again, to its end, on all rows: those weights are the model.`
    : judged
}

function seedsOf({ network, training }: Manifest): string {
  if (network.members === 1) return `seed ${training.seed}`
  return `seeds ${training.seed} to ${training.seed + network.members - 1}`
}

function epochs({ network, training }: Manifest): string {
  const [ran, wanted] = [training.losses.length, training.epochs * network.members]
  const each = network.members === 1 ? '' : ' each'
  return ran === wanted ? `${training.epochs} epochs${each}` : `ended after ${ran} of ${wanted} epochs`
}

function membersOf({ members, units }: Manifest['network']): string {
  if (members === 1) return `one LSTM of ${units} units`
  return `the mean of ${members} LSTMs of ${units / members} units each, side by side in one layer of ${units},`
}

/** Error, naive error and their ratio; a series that only helped to learn has none. */
function errorsOf({ mae, baselineMae }: TrainedSeries): string {
  if (mae === null || baselineMae === null) return '– | – | –'
  return `${mae} | ${baselineMae} | ${(mae / baselineMae).toFixed(3)}`
}

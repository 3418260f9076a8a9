import { nth } from '@candlewatch/core/nth'
import type { Rung, Standing } from './halving.ts'
import type { Configuration } from './space.ts'

/** The result of a search; the standings of each rung are best first. */
export interface Tuning {
  readonly title: string
  readonly trials: readonly Configuration[]
  readonly rungs: readonly Rung[]
  readonly standings: readonly (readonly Standing[])[]
  readonly folds: number
  readonly command: string
}

/** Returns the best trial of the last rung. */
export function winnerOf({ standings }: Pick<Tuning, 'standings'>): Standing {
  return standings.at(-1)?.[0] as Standing
}

/** Writes every trial with its loss at each rung as Markdown, the furthest and best first. */
export function table({ title, trials, rungs, standings, folds, command }: Tuning): string {
  const order = [...standings].reverse().flatMap(rung => rung.map(s => s.trial))
  const cells = (trial: number) => standings.map(rung => shown(rung.find(s => s.trial === trial)?.loss)).join(' | ')
  const rows = [...new Set(order)].map(trial => {
    const c = nth(trials, trial)
    return `| ${trial} | ${c.units} | ${c.lookback} | ${c.learningRate} | ${c.epochs} | ${c.batchSize} | ${c.weighting} | ${c.averaging} | ${cells(trial)} |`
  })
  return `# ${title}

Mean validation loss over ${folds} walk-forward folds; a rung keeps the best third. Trial 0 is the default of \`npm run train\`.

| trial | units | lookback | learning rate | epochs | batch | weighting | averaging | ${rungs.map(r => `${percent(r)} of the rows`).join(' | ')} |
|${' --- |'.repeat(8 + rungs.length)}
${rows.join('\n')}

    ${command}
`
}

const shown = (loss: number | undefined) => {
  if (loss === undefined) return ''
  return Number.isFinite(loss) ? loss.toFixed(5) : 'diverged'
}

const percent = ({ rowShare }: Rung) => `${Math.round(100 * rowShare)} %`

const size = { width: 760, height: 420, left: 70, right: 30, top: 20, bottom: 50 }

/** Writes a page that loads nothing else: loss by rung, one line a trial, the winner's on top. */
export function page(tuning: Tuning): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escaped(tuning.title)}</title>
<style>body{font:14px system-ui,sans-serif;margin:2em;max-width:60em}pre{white-space:pre-wrap;background:#f4f4f4;padding:1em}</style>
<h1>${escaped(tuning.title)}</h1>
${plot(tuning)}
<pre>${escaped(table(tuning))}</pre>
</html>
`
}

function plot({ rungs, standings, trials }: Tuning): string {
  const winner = winnerOf({ standings }).trial
  const losses = standings.flat().flatMap(s => (Number.isFinite(s.loss) ? [s.loss] : []))
  const [low, high] = [Math.min(...losses), Math.max(...losses)]
  const x = (rung: number) =>
    size.left + ((size.width - size.left - size.right) * (rung + 0.5)) / Math.max(1, rungs.length)
  const y = (loss: number) =>
    size.height - size.bottom - ((size.height - size.top - size.bottom) * (loss - low)) / (high - low || 1)
  const line = (trial: number) => {
    const points = standings
      .flatMap(rung => rung.filter(s => s.trial === trial && Number.isFinite(s.loss)))
      .map(s => [x(s.rung).toFixed(1), y(s.loss).toFixed(1)] as const)
    const [colour, width] = trial === winner ? ['#c2410c', 3] : ['#64748b', 1]
    const dots = points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="${width + 1}" fill="${colour}"/>`).join('')
    return `<g><title>trial ${trial}</title><polyline points="${points.map(p => p.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="${width}"/>${dots}</g>`
  }
  const others = trials.map((_, trial) => trial).filter(trial => trial !== winner)
  const xLabels = rungs.map((rung, i) => label(x(i), size.height - 20, 'middle', `${percent(rung)} of the rows`))
  const yLabels =
    losses.length === 0
      ? []
      : [low, (low + high) / 2, high].map(l => label(size.left - 8, y(l) + 4, 'end', l.toFixed(4)))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="Validation loss of each trial by rung" font-family="system-ui, sans-serif" font-size="12">
${[...others, winner].map(line).join('\n')}
${[...xLabels, ...yLabels].join('\n')}
</svg>`
}

const label = (x: number, y: number, anchor: string, text: string) =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${text}</text>`

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

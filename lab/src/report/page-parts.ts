import { escapeHtml, type Line } from './charts.ts'
import type { Table } from './tables.ts'

/** A figure in large type. The texts are HTML. */
export function tile(name: string, value: string, note: string): string {
  return `<div class="card tile"><span class="soft">${name}</span><b>${value}</b><span class="soft">${note}</span></div>`
}

/** A chart in a frame, with its key. */
export function card(title: string, lines: readonly Line[], chart: string, note = ''): string {
  const key = lines
    .map(({ name, style: look, mark }) => `<span class="${look} ${mark}">${escapeHtml(name)}</span>`)
    .join('')
  return (
    `<section class="card"><h3>${escapeHtml(title)}</h3>${note && `<p class="soft">${escapeHtml(note)}</p>`}` +
    `<div class="key">${key}</div>${chart}</section>`
  )
}

/** A table in a frame. `look` is a class of the page's style. */
export function table({ title, head, rows }: Table, look = ''): string {
  const cells = (row: readonly string[]) =>
    row
      .map((cell, i) => (i === 0 ? `<th scope="row">${escapeHtml(cell)}</th>` : `<td>${escapeHtml(cell)}</td>`))
      .join('')
  return (
    `<section class="card scroll ${look}"><h3>${escapeHtml(title)}</h3><table>` +
    `<thead><tr>${head.map(name => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead>` +
    `<tbody>${rows.map(row => `<tr>${cells(row)}</tr>`).join('')}</tbody></table></section>`
  )
}

/** The style of the page, with the colours of the web page. */
export const style = `
:root { color-scheme: light dark; --page: #eff2f0; --surface: #fff; --edge: #d9e0dc; --grid: #e8edea; --ink: #14201c;
  --soft: #54625c; --accent: #0c6b5c; --high: #2259b8; --low: #0a7482; --naive: #84918b; --band: rgb(12 107 92 / .12);
  --tail: #b04e00; --half: #2259b8; --on: #fff; --warn-back: #fdf0cd; --warn-ink: #5c4200; }
@media (prefers-color-scheme: dark) { :root { --page: #0c1110; --surface: #141b19; --edge: #27312e; --grid: #202a27;
  --ink: #e6ece9; --soft: #98a6a0; --accent: #7fd1bf; --high: #83b1ff; --low: #5cc9d6; --naive: #73827c;
  --band: rgb(127 209 191 / .13); --tail: #ffa352; --half: #83b1ff; --on: #0c1110; --warn-back: #332a12; --warn-ink: #f0d48c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 32px 20px 56px; }
h1 { margin: 0; font-size: 26px; line-height: 1.2; } h1 small { color: var(--soft); font-weight: 400; font-size: 15px; }
h2 { margin: 36px 0 12px; font-size: 18px; } h3 { margin: 0 0 2px; font-size: 14px; }
p { margin: 6px 0; max-width: 90ch; } .soft { color: var(--soft); }
.warning { max-width: none; margin: 16px 0 0; padding: 10px 14px; border-radius: 8px; background: var(--warn-back); color: var(--warn-ink); font-weight: 600; }
.tiles { display: grid; grid-template-columns: repeat(6, 1fr); gap: 12px; margin-top: 20px; }
@media (max-width: 1000px) { .tiles { grid-template-columns: repeat(3, 1fr); } }
@media (max-width: 560px) { .tiles { grid-template-columns: repeat(2, 1fr); } }
.grid-2 { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr)); gap: 12px; }
.card { min-width: 0; padding: 14px 16px; border: 1px solid var(--edge); border-radius: 8px; background: var(--surface); }
.tile b { display: block; font-size: 24px; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { padding: 5px 0 5px 10px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); }
th:first-child { padding-left: 0; text-align: left; white-space: normal; }
.tables { align-items: start; }
thead th { color: var(--soft); font-weight: 400; } tbody th { font-weight: 400; } tbody tr:last-child > * { border-bottom: 0; }
.lead th:first-child { min-width: 10.5em; }
.lead tbody tr:first-child > * { font-weight: 600; }
svg { display: block; width: 100%; height: auto; margin-top: 8px; overflow: visible; }
svg text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; } .end { text-anchor: end; } .middle { text-anchor: middle; }
.grid { stroke: var(--grid); } .rule { stroke: var(--soft); stroke-dasharray: 4 3; } .band { fill: var(--band); }
.line path { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
.line circle, .line rect { fill: var(--c); stroke: var(--surface); stroke-width: 1.5; }
.high { --c: var(--high); } .low { --c: var(--low); } .naive { --c: var(--naive); } .accent { --c: var(--accent); }
.naive path { stroke-dasharray: 5 4; }
.share-0, .share-3 { fill: var(--tail); } .share-1, .share-2 { fill: var(--half); } .share-2 { opacity: .8; }
svg text.on { fill: var(--on); font-weight: 600; }
.key { display: flex; flex-wrap: wrap; gap: 4px 16px; color: var(--soft); font-size: 12px; }
.key span::before { content: ""; display: inline-block; width: 10px; height: 10px; margin-right: 6px; border-radius: 50%; background: var(--c); }
.key .square::before { border-radius: 1px; }
.column { fill: var(--accent); } svg text.ink { fill: var(--ink); } .dates th:first-child { white-space: nowrap; } .below { margin-top: 12px; }
footer { margin-top: 32px; color: var(--soft); font-size: 12px; }
`

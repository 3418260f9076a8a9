import { escapeHtml, type Line } from './charts.ts'
import type { Table } from './tables.ts'

/** One figure, said large. The texts are HTML. */
export function tile(name: string, value: string, because: string): string {
  return `<div class="card tile"><span class="soft">${name}</span><b>${value}</b><span class="soft">${because}</span></div>`
}

/** A chart in its frame, with its key. */
export function card(title: string, lines: readonly Line[], chart: string, note = ''): string {
  const key = lines
    .map(({ name, style: look, mark }) => `<span class="${look} ${mark}">${escapeHtml(name)}</span>`)
    .join('')
  return (
    `<section class="card"><h3>${escapeHtml(title)}</h3>${note && `<p class="soft">${escapeHtml(note)}</p>`}` +
    `<div class="key">${key}</div>${chart}</section>`
  )
}

/** A table in its frame. `look`: a class of the page's style. */
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

import type { Output } from './show.ts'

/** HTML for a notebook, plain text for a terminal. Cells are text already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): Output {
  const isNumber = head.map((_, column) => rows.every(row => /^[-\d.,%\s]*$/.test(row[column] ?? '')))
  const align = (column: number) => `style="text-align:${isNumber[column] ? 'right' : 'left'}"`
  const row = (tag: 'th' | 'td') => (cells: readonly string[]) =>
    `<tr>${cells.map((cell, column) => `<${tag} ${align(column)}>${escaped(cell)}</${tag}>`).join('')}</tr>`
  const html = [
    '<table>',
    `<thead>${row('th')(head)}</thead>`,
    '<tbody>',
    ...rows.map(row('td')),
    '</tbody>',
    '</table>',
  ]
  return { 'text/html': html.join('\n'), 'text/plain': plain([head, ...rows]) }
}

function plain(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  return rows.map(line).join('\n')
}

/** Formats a number with this many decimals: 1,234.5. */
export function fixed(x: number, decimals = 0): string {
  return x.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
}

/** 0.123 → 12.3 %. */
export function percent(share: number, decimals = 1): string {
  return `${fixed(100 * share, decimals)} %`
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

import { escapeHtml, inset, round, svg, width } from './charts.ts'

export interface ShareGrid {
  /** What it shows, for those who cannot see it. */
  readonly label: string
  readonly columns: readonly string[]
  /** Shares from 0 to 1, one a column; null is left blank. */
  readonly rows: readonly { readonly name: string; readonly shares: readonly (number | null)[] }[]
}

const [nameWidth, rowHeight, headHeight] = [168, 26, 24]
// From here on a cell is dark enough to be written on in the colour of the page.
const strong = 0.55

/** Shares as a grid, the deeper the colour the larger the share, each with its number. Pure: equal data, equal text. */
export function shareGrid({ label, columns, rows }: ShareGrid): string {
  const room = (width - inset.right - nameWidth) / columns.length
  const left = (column: number) => round(nameWidth + column * room)
  const middle = (column: number) => round(nameWidth + (column + 0.5) * room)
  return svg(label, headHeight + rows.length * rowHeight + 4, [
    ...columns.map((name, i) => `<text class="middle" x="${middle(i)}" y="14">${escapeHtml(name)}</text>`),
    ...rows.map(({ name, shares }, row) => {
      const top = headHeight + row * rowHeight
      const cells = shares.map((share, i) => {
        if (share === null) return ''
        const told = `<title>${escapeHtml(name)}, ${escapeHtml(columns[i]!)}: ${percent(share)}</title>`
        const box = `x="${left(i) + 1}" y="${top + 1}" width="${round(room - 2)}" height="${rowHeight - 2}" rx="2"`
        const look = share >= strong ? 'middle on' : 'middle ink'
        return (
          `<rect class="column" fill-opacity="${round(10 * (0.06 + 0.94 * share)) / 10}" ${box}>${told}</rect>` +
          `<text class="${look}" x="${middle(i)}" y="${top + 17}">${Math.round(100 * share)}</text>`
        )
      })
      return `<text class="ink" x="0" y="${top + 17}">${escapeHtml(name)}</text>${cells.join('')}`
    }),
  ])
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

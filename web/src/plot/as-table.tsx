import { useState } from 'preact/hooks'

interface Props {
  readonly head: readonly string[]
  /** Makes the rows when the table is opened. */
  readonly rows: () => readonly (readonly (string | number)[])[]
}

/** The numbers of a chart as a table, to read or copy. The first column is text. */
export function AsTable({ head, rows }: Props) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="as-table" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>Show as a table</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the arrow keys too
        <section class="scroller" aria-label={head.join(', ')} tabIndex={0}>
          <table class="plain-table">
            <thead>
              <tr>
                {head.map((label, i) => (
                  <th key={label} class={i > 0 ? 'is-number' : ''}>
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows().map(([first, ...others]) => (
                <tr key={first}>
                  <td>{first}</td>
                  {others.map((value, i) => (
                    <td key={head[i + 1]} class="is-number">
                      {value}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  )
}

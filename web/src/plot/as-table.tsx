import { useState } from 'preact/hooks'

interface Props {
  readonly head: readonly string[]
  /** Made when they are asked for. */
  readonly rows: () => readonly (readonly (string | number)[])[]
}

/** A chart's numbers, for who would rather read or copy them. The first column is words. */
export function AsTable({ head, rows }: Props) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="as-table" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the arrow keys too
        <section class="scroller" aria-label={head.join(', ')} tabIndex={0}>
          <table class="plain-table">
            <thead>
              <tr>
                {head.map((word, i) => (
                  <th key={word} class={i > 0 ? 'is-number' : ''}>
                    {word}
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

import { useState } from 'preact/hooks'
import { counted, formatCount } from '../format/count.ts'
import type { LineFaults } from './import-flow.ts'

/** The first faults of a file by line, and how many more there are. */
export function FaultTable({ faults: { first, count } }: { readonly faults: LineFaults }) {
  const more = count - first.length
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by the keyboard too */}
      <section class="scroller fault-scroller" tabIndex={0} aria-label="Errors by line">
        <table class="plain-table faults" data-testid="faults">
          <thead>
            <tr>
              <th class="is-number" scope="col">
                Line
              </th>
              <th scope="col">Column</th>
              <th scope="col">Expected</th>
              <th scope="col">Found</th>
            </tr>
          </thead>
          <tbody>
            {first.map(({ line, column, expected, found }, index) => (
              <tr key={index}>
                <td class="is-number">{formatCount(line)}</td>
                <td>{column ?? <span class="quiet">whole line</span>}</td>
                <td>{expected}</td>
                <td>
                  <code>{found}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div class="row">
        <span class="quiet">
          {more > 0 ? `and ${counted(more, 'more error', 'more errors')}` : counted(count, 'error')}
        </span>
        {navigator.clipboard && <CopyButton text={tabbedText(first)} />}
      </div>
    </>
  )
}

function CopyButton({ text }: { readonly text: string }) {
  const [label, setLabel] = useState('Copy')
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setLabel('Copied'),
      () => setLabel('Not allowed'),
    )
  return (
    <button type="button" class="small" onClick={() => void copy()}>
      {label}
    </button>
  )
}

/** The faults as a spreadsheet takes them. */
function tabbedText(faults: LineFaults['first']): string {
  const rows = faults.map(({ line, column, expected, found }) => [line, column ?? '', expected, found].join('\t'))
  return ['line\tcolumn\texpected\tfound', ...rows].join('\n')
}

import { useState } from 'preact/hooks'
import type { LineFaults } from '../api/ask.ts'
import { counted, formatCount } from '../format/count.ts'

/** Every fault by its line, and how many more there are. */
export function FaultTable({ faults: { first, count } }: { readonly faults: LineFaults }) {
  const more = count - first.length
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by the keyboard too */}
      <section class="scroller fault-scroller" tabIndex={0} aria-label="Faults by line">
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
                <td>{column ?? <span class="quiet">the line</span>}</td>
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
          {more > 0 ? `and ${counted(more, 'more fault', 'more faults')}` : counted(count, 'fault')}
        </span>
        {navigator.clipboard && <CopyButton text={textOf(first)} />}
      </div>
    </>
  )
}

function CopyButton({ text }: { readonly text: string }) {
  const [word, setWord] = useState('Copy')
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setWord('Copied'),
      () => setWord('Not allowed'),
    )
  return (
    <button type="button" class="small" onClick={() => void copy()}>
      {word}
    </button>
  )
}

/** As a spreadsheet takes it. */
export function textOf(faults: LineFaults['first']): string {
  const rows = faults.map(({ line, column, expected, found }) => [line, column ?? '', expected, found].join('\t'))
  return ['line\tcolumn\texpected\tfound', ...rows].join('\n')
}

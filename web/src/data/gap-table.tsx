import type { Coverage } from '@candlewatch/api/coverage'
import { parseInterval } from '@candlewatch/core/interval'
import { useState } from 'preact/hooks'
import { counted, formatCount } from '../format/count.ts'
import { formatSpan } from '../format/when.ts'
import { ChartLink } from '../layout/links.tsx'
import { Time } from '../layout/room.tsx'

const shownAtFirst = 5

/** The gaps of a stream, newest first; each links to its place in the chart. */
export function GapTable({ coverage }: { readonly coverage: Coverage }) {
  const [isWhole, setWhole] = useState(false)
  const { gaps, moreGaps, interval } = coverage
  if (gaps.length === 0) return null
  const shown = isWhole ? gaps : gaps.slice(0, shownAtFirst)
  return (
    <div class="gaps">
      <h4>Gaps, newest first</h4>
      <table class="plain-table" data-testid="gaps">
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Next bar</th>
            <th class="is-number" scope="col">
              Missing
            </th>
            <th class="is-number" scope="col">
              Duration
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ from, to, missing }) => (
            <tr key={from}>
              <td>
                <Time at={from} />
              </td>
              <td>
                <ChartLink stream={coverage} at={to}>
                  <Time at={to} />
                </ChartLink>
              </td>
              <td class="is-number">{formatCount(missing)}</td>
              <td class="is-number">{formatSpan(missing * (parseInterval(interval) ?? 0))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {gaps.length > shownAtFirst && (
        <button type="button" class="small" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show fewer' : `Show ${counted(gaps.length, 'gap')}`}
        </button>
      )}
      {moreGaps && isWhole && <p class="quiet">Older gaps are not listed; the bar above shows them.</p>}
    </div>
  )
}

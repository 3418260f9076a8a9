import type { Coverage } from '../api/data.ts'
import { counted, formatCount } from '../format/count.ts'
import { ChartLink } from '../layout/links.tsx'
import { Card, Time } from '../layout/room.tsx'
import { CoverageBar } from './coverage-bar.tsx'
import { Download } from './download.tsx'
import { GapTable } from './gap-table.tsx'

/** One market at one interval: what there is, what is missing, and all of it as a file. */
export function StreamCard({ coverage }: { readonly coverage: Coverage }) {
  const { market, interval, bars } = coverage
  return (
    <Card
      title={`${market} · ${interval}`}
      wide
      data-testid="stream"
      data-market={market}
      actions={
        bars > 0 && (
          <ChartLink stream={coverage} at={null}>
            Chart
          </ChartLink>
        )
      }
    >
      <p>
        <Summary coverage={coverage} />
      </p>
      <CoverageBar coverage={coverage} />
      {bars > 0 && (
        <div class="stream-parts">
          <GapTable coverage={coverage} />
          <Download market={market} interval={interval} first={coverage.first!} last={coverage.last!} />
        </div>
      )}
    </Card>
  )
}

function Summary({ coverage: { bars, first, last, missing, imported } }: { readonly coverage: Coverage }) {
  return (
    <>
      {first !== null && last !== null && (
        <>
          <strong>{counted(bars, 'bar')}</strong>, <Time at={first} /> to <Time at={last} zone />.{' '}
          {missing === 0 ? 'None is missing between them.' : `${formatCount(missing)} missing between them.`}{' '}
        </>
      )}
      {imported && (
        <>
          <strong>{counted(imported.rows, 'row')}</strong> imported and never judged, <Time at={imported.first} /> to{' '}
          <Time at={imported.last} zone />.
        </>
      )}
    </>
  )
}

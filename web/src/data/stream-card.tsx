import type { Coverage } from '@candlewatch/api/coverage'
import { marketLabel } from '@candlewatch/api/values/replay-market'
import { counted } from '../format/count.ts'
import { ChartLink } from '../layout/links.tsx'
import { Card, Time } from '../layout/room.tsx'
import { CoverageBar } from './coverage-bar.tsx'
import { Download } from './download.tsx'
import { GapTable } from './gap-table.tsx'

/** One stream: the bars that are stored, those that are missing, and a download. */
export function StreamCard({ coverage }: { readonly coverage: Coverage }) {
  const { market, interval, bars, first, last, missing } = coverage
  return (
    <Card
      title={`${marketLabel(market)} · ${interval}`}
      wide
      data-testid="stream"
      data-market={market}
      data-bars={bars}
      data-missing={missing}
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
      {first !== null && last !== null && (
        <div class="stream-parts">
          <GapTable coverage={coverage} />
          <Download market={market} interval={interval} first={first} last={last} />
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
          {missing === 0 ? 'No bars are missing.' : `${counted(missing, 'bar')} missing.`}{' '}
        </>
      )}
      {imported && (
        <>
          <strong>{counted(imported.rows, 'row')}</strong> imported for training only, not judged:{' '}
          <Time at={imported.first} /> to <Time at={imported.last} zone />.
        </>
      )}
    </>
  )
}

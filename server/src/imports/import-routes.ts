import type { FileCheck } from '@candlewatch/api/imports'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import type { CheckedFile } from './import-file.ts'
import type { SharedImports } from './shared-imports.ts'

/** `/api/imports`: files of past rows, each checked as a whole before its first row is imported. */
export function imports(of: SharedImports): Router {
  const router = Router()
  handle(router, 'POST /api/imports', async ({ query, body }, { response }) => {
    const { market, interval: intervalMs, name, check } = query
    if (check === 'true') {
      const shown = shownCheck(await of.check(body, { name, market, intervalMs }))
      Object.assign(response.locals, { market: shown.market, rows: shown.rows })
      response.status(200)
      return shown
    }
    const begun = await of.start(body, { name, market, intervalMs })
    Object.assign(response.locals, { market: begun.market, rows: begun.rows })
    response.location(`/api/imports/${begun.id}`)
    return begun
  })
  handle(router, 'GET /api/imports', async () => ({ imports: await of.list() }))
  handle(router, 'GET /api/imports/:id', async ({ params: { id } }) => found(id, await of.get(id)))
  handle(router, 'DELETE /api/imports/:id', async ({ params: { id } }) => found(id, await of.stop(id)))
  return router
}

function found<T>(id: string, one: T | null): T {
  if (one !== null) return one
  throw new CandlewatchError('ERR_NOT_FOUND', `There is no import ${id}. GET /api/imports lists the last ones.`)
}

function shownCheck({ rows, stream, counts, missing, gapCount, gaps }: CheckedFile): FileCheck {
  return {
    name: rows.fileName,
    market: stream.market,
    interval: formatInterval(stream.intervalMs),
    columns: [...rows.columns],
    rows: rows.length,
    repeated: rows.repeated,
    first: isoDate(rows.openAt(0)),
    last: isoDate(rows.openAt(rows.length - 1)),
    fresh: counts.fresh,
    known: counts.known,
    fills: counts.fills,
    late: counts.late,
    replaced: counts.replaced,
    missing,
    gapCount,
    gaps: gaps.map(gap => ({ from: isoDate(gap.fromMs), to: isoDate(gap.toMs), missing: gap.missing })),
  }
}

import { CandlewatchError } from '@candlewatch/core/errors'
import { type Request, Router } from 'express'
import { parsed } from '../http/problem.ts'
import { csvBody } from './csv-body.ts'
import { importQuery, shownCheck } from './import-schemas.ts'
import type { Imports } from './imports.ts'

/** `/api/imports`: files of past rows, checked as a whole before the first row is taken in. */
export function imports(of: Imports): Router {
  return Router()
    .post('/api/imports', async (request, response) => {
      const { market, interval: intervalMs, name, check } = parsed(importQuery, request.query, 'ERR_QUERY_INVALID')
      const input = csvBody(request)
      try {
        if (check === 'true') {
          const shown = shownCheck(await of.check(input, { name, market, intervalMs }))
          Object.assign(response.locals, { market: shown.market, rows: shown.rows })
          response.json(shown)
          return
        }
        const begun = await of.start(input, { name, market, intervalMs })
        Object.assign(response.locals, { market: begun.market, rows: begun.rows })
        response.status(202).location(`/api/imports/${begun.id}`).json(begun)
      } finally {
        input.destroy()
      }
    })
    .get('/api/imports', (_request, response) => {
      response.json({ imports: of.list() })
    })
    .get('/api/imports/:id', (request, response) => {
      response.json(found(request, of.get(request.params.id)))
    })
    .delete('/api/imports/:id', (request, response) => {
      response.json(found(request, of.stop(request.params.id)))
    })
}

function found<T>(request: Request<{ id: string }>, one: T | null): T {
  if (one !== null) return one
  const message = `There is no import ${request.params.id}. GET /api/imports lists the last ones.`
  throw new CandlewatchError('ERR_NOT_FOUND', message)
}

import { Router } from 'express'
import type { Metrics } from './metrics.ts'

/** `GET /metrics`, in the text format that Prometheus reads. */
export function metrics({ registry }: Pick<Metrics, 'registry'>): Router {
  return Router().get('/metrics', async (_request, response) => {
    response
      .set('Cache-Control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics())
  })
}

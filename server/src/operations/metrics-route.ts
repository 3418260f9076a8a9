import { Router } from 'express'
import { handle } from '../http/handle.ts'
import type { Metrics } from './metrics.ts'

/** `GET /metrics`, in the text format that Prometheus reads. */
export function metrics({ registry }: Pick<Metrics, 'registry'>): Router {
  const router = Router()
  handle(router, 'GET /metrics', (_given, { response }) => {
    response.type(registry.contentType)
    return registry.metrics()
  })
  return router
}

import { CandlewatchError } from '@candlewatch/core/errors'
import { json, type RequestHandler } from 'express'

/** Reads a JSON body. Another content type is refused rather than ignored, which also keeps other sites' forms out. */
export function jsonBody(limit: string): RequestHandler {
  const read = json({ limit, strict: false })
  return (request, response, next) => {
    if (request.is('application/json') === false) {
      const found = request.get('content-type') ?? 'none'
      throw new CandlewatchError('ERR_BODY_TYPE', `Expected Content-Type application/json, found ${found}.`)
    }
    // The parser would take no body for an empty object.
    if (request.get('content-length') === '0' || request.is('*/*') === null) {
      throw new CandlewatchError('ERR_BODY_SHAPE', 'Expected a JSON body, found an empty one.')
    }
    read(request, response, next)
  }
}

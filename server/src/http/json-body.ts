import { CandlewatchError } from '@candlewatch/core/errors'
import { json, type RequestHandler } from 'express'

/**
 * Reads a JSON body. Another content type is refused rather than ignored, which also keeps out the forms of other sites. A
 * body whose Content-Length is too large is refused at once: the parser would answer only when all of it has arrived.
 */
export function jsonBody(maxBytes: number): RequestHandler {
  const read = json({ limit: maxBytes, strict: false })
  return (request, response, next) => {
    if (request.is('application/json') === false) {
      const found = request.get('content-type') ?? 'none'
      throw new CandlewatchError('ERR_BODY_TYPE', `Expected Content-Type application/json, found ${found}.`)
    }
    // The parser would read an empty body as an empty object.
    if (request.get('content-length') === '0' || request.is('*/*') === null) {
      throw new CandlewatchError('ERR_BODY_SHAPE', 'Expected a JSON body, found an empty one.')
    }
    if (Number(request.get('content-length') ?? 0) > maxBytes) {
      throw new CandlewatchError(
        'ERR_BODY_TOO_LARGE',
        `Expected a body of at most ${maxBytes} bytes. Send it in parts.`,
      )
    }
    read(request, response, next)
  }
}

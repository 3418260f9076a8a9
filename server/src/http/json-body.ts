import { CandlewatchError } from '@candlewatch/core/errors'
import type { Request, RequestHandler } from 'express'
import { arrivingBody, compressionOf } from './arriving-body.ts'

/**
 * Reads a JSON body. Another content type is refused rather than ignored, which also keeps out the forms of other sites. Its
 * bytes count towards those of all requests before it is parsed: at once when their number is announced, otherwise as they come.
 */
export function jsonBody(maxBytes: number): RequestHandler {
  return async (request, _response, next) => {
    refuseType(request)
    const announced = request.get('content-length')
    // express takes a request with neither header for one without a body.
    if (announced === '0' || request.is('*/*') === null) throw empty()
    const tooLarge = () =>
      new CandlewatchError('ERR_BODY_TOO_LARGE', `Expected a body of at most ${maxBytes} bytes. Send it in parts.`)
    if (Number(announced ?? 0) > maxBytes) throw tooLarge()
    const isKnown = announced !== undefined && compressionOf(request) === 'identity'
    if (isKnown) request.held.bytes(Number(announced))
    const count = isKnown ? () => undefined : request.held.bytes
    const text = await textOf(arrivingBody(request, { maxBytes, tooLarge, count }))
    if (text === '') throw empty()
    request.body = parse(text)
    next()
  }
}

function refuseType(request: Request): void {
  if (request.is('application/json') === false) {
    const found = request.get('content-type') ?? 'none'
    throw new CandlewatchError('ERR_BODY_TYPE', `Expected Content-Type application/json, found ${found}.`)
  }
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(request.get('content-type') ?? '')?.[1] ?? 'utf-8'
  if (!/^utf-?8$/i.test(charset)) {
    throw new CandlewatchError('ERR_BODY_TYPE', `Expected UTF-8 JSON, found the charset ${charset}.`)
  }
}

const empty = () => new CandlewatchError('ERR_BODY_SHAPE', 'Expected a JSON body, found an empty one.')

async function textOf(bytes: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of bytes) pieces.push(piece)
  // Leaves out a byte order mark.
  return new TextDecoder().decode(Buffer.concat(pieces))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const { message } = cause as SyntaxError
    throw new CandlewatchError('ERR_BODY_SHAPE', `Expected a JSON body, found an error: ${message}.`, { cause })
  }
}

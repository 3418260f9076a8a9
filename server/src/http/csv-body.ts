import type { Readable } from 'node:stream'
import { maxFileBytes } from '@candlewatch/api/values/limits'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Request } from 'express'
import { arrivingBody, compressionOf } from './arriving-body.ts'

/** Reads a text/csv body as a stream of bytes, never decompressed. Throws ERR_BODY_TYPE, ERR_BODY_TOO_LARGE, and as `arrivingBody`. */
export function csvBody(request: Request, maxBytes = maxFileBytes): Readable {
  const found = request.get('content-type') ?? 'none'
  if (!request.is('text/csv'))
    throw new CandlewatchError('ERR_BODY_TYPE', `Expected Content-Type text/csv, found ${found}.`)
  const encoding = compressionOf(request)
  if (encoding !== 'identity') {
    throw new CandlewatchError(
      'ERR_BODY_TYPE',
      `Expected an uncompressed file, found Content-Encoding ${encoding}. Decompress it.`,
    )
  }
  const tooLarge = () =>
    new CandlewatchError('ERR_BODY_TOO_LARGE', `Expected a file of at most ${maxBytes} bytes. Send it in parts.`)
  if (Number(request.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  return arrivingBody(request, { maxBytes, tooLarge })
}

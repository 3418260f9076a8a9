import { Transform } from 'node:stream'
import { maxFileBytes } from '@candlewatch/api/values/limits'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Request } from 'express'

/**
 * Reads a text/csv body as a stream of bytes, not decompressed. It ends with an error beyond `maxBytes`, and when the sender
 * disconnects. The caller destroys it when done, even early: the request can still be answered. Throws ERR_BODY_TYPE,
 * ERR_BODY_SHAPE, ERR_BODY_TOO_LARGE.
 */
export function csvBody(request: Request, maxBytes = maxFileBytes): Transform {
  const found = request.get('content-type') ?? 'none'
  if (!request.is('text/csv'))
    throw new CandlewatchError('ERR_BODY_TYPE', `Expected Content-Type text/csv, found ${found}.`)
  const encoding = request.get('content-encoding') ?? 'identity'
  if (encoding !== 'identity') {
    throw new CandlewatchError(
      'ERR_BODY_TYPE',
      `Expected an uncompressed file, found Content-Encoding ${encoding}. Decompress it.`,
    )
  }
  const tooLarge = () =>
    new CandlewatchError('ERR_BODY_TOO_LARGE', `Expected a file of at most ${maxBytes} bytes. Send it in parts.`)
  if (Number(request.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  let bytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > maxBytes) done(tooLarge())
      else done(null, chunk)
    },
  })
  // A reader gets the error too; without a reader it must not end the process.
  counted.on('error', () => undefined)
  // The rest is discarded: the connection can carry no other request until all of it has arrived.
  counted.once('close', () => request.unpipe(counted).resume())
  request.once('close', () => {
    if (request.complete) return
    counted.destroy(
      new CandlewatchError(
        'ERR_BODY_SHAPE',
        'Expected the whole file; the client disconnected before its end. Send it again.',
      ),
    )
  })
  return request.pipe(counted)
}

import { Transform } from 'node:stream'
import { maxFileBytes } from '@candlewatch/api/values/limits'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Request } from 'express'

/**
 * The bytes of a text/csv body as they come, not decompressed. It ends with an error beyond `mostBytes`, and when the sender
 * disconnects. The caller destroys it when done, early or not: the request can still be answered. Throws ERR_BODY_TYPE,
 * ERR_BODY_SHAPE, ERR_BODY_TOO_LARGE.
 */
export function csvBody(request: Request, mostBytes = maxFileBytes): Transform {
  const found = request.get('content-type') ?? 'none'
  if (!request.is('text/csv'))
    throw new CandlewatchError('ERR_BODY_TYPE', `Expected Content-Type text/csv, found ${found}.`)
  const encoding = request.get('content-encoding') ?? 'identity'
  if (encoding !== 'identity') {
    throw new CandlewatchError(
      'ERR_BODY_TYPE',
      `Expected the file as it is, found it packed as ${encoding}. Unpack it.`,
    )
  }
  const tooLarge = () =>
    new CandlewatchError('ERR_BODY_TOO_LARGE', `Expected a file of at most ${mostBytes} bytes. Send it in parts.`)
  if (Number(request.get('content-length') ?? 0) > mostBytes) throw tooLarge()
  let bytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > mostBytes) done(tooLarge())
      else done(null, chunk)
    },
  })
  // A reader gets the error too; without a reader it must not end the process.
  counted.on('error', () => undefined)
  // The rest is discarded: until all of it has come, this connection can carry no other request.
  counted.once('close', () => request.unpipe(counted).resume())
  request.once('close', () => {
    if (request.complete) return
    counted.destroy(new CandlewatchError('ERR_BODY_SHAPE', 'Expected all of the file; its sender left before the end.'))
  })
  return request.pipe(counted)
}

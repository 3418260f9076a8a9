import { Transform } from 'node:stream'
import { type BrotliDecompress, createBrotliDecompress, createGunzip, createInflate, type Gunzip } from 'node:zlib'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Request } from 'express'

/** The limits of a body while it arrives. */
export interface BodyLimits {
  readonly maxBytes: number
  /** Makes the error for a body with more bytes. */
  tooLarge(): CandlewatchError
  /** Called with the bytes of each piece, decompressed; what it throws ends the body. */
  count?(bytes: number): void
}

/**
 * The body of a request as a stream of bytes, decompressed. It ends with an error beyond the limits, for bytes that cannot be
 * decompressed, and when the sender disconnects. The caller destroys it when done, even early: the request can still be answered.
 * Throws ERR_BODY_TYPE for an unknown compression.
 */
export function arrivingBody(request: Request, { maxBytes, tooLarge, count }: BodyLimits): Transform {
  const unpacked = decompressing(request)
  let bytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > maxBytes) {
        done(tooLarge())
        return
      }
      try {
        count?.(chunk.length)
        done(null, chunk)
      } catch (error) {
        done(error as Error)
      }
    },
  })
  // A reader gets the error too; without a reader it must not end the process.
  counted.on('error', () => undefined)
  // The rest is discarded: the connection can carry no other request until all of it has arrived.
  counted.once('close', () => {
    request.unpipe().resume()
    unpacked?.destroy()
  })
  request.once('close', () => {
    if (request.complete) return
    counted.destroy(
      new CandlewatchError(
        'ERR_BODY_SHAPE',
        'Expected the whole body; the client disconnected before its end. Send it again.',
      ),
    )
  })
  if (!unpacked) return request.pipe(counted)
  unpacked.on('error', ({ message }) => {
    counted.destroy(
      new CandlewatchError('ERR_BODY_SHAPE', `Expected a body that can be decompressed, found an error: ${message}.`),
    )
  })
  return request.pipe(unpacked).pipe(counted)
}

/** The compression that the request names; identity if it names none. */
export const compressionOf = (request: Request) => (request.get('content-encoding') ?? 'identity').toLowerCase()

function decompressing(request: Request): Gunzip | BrotliDecompress | null {
  const encoding = compressionOf(request)
  switch (encoding) {
    case 'identity':
      return null
    case 'gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      throw new CandlewatchError(
        'ERR_BODY_TYPE',
        `Expected Content-Encoding gzip, deflate or br, or none, found ${encoding}.`,
      )
  }
}

import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import { known } from '@candlewatch/core/nth'
import type { Request, RequestHandler, Response } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import { RateLimitStore } from './rate-limit-store.ts'

/** Each 0 = no limit. */
export interface Limits {
  /** Requests a minute by one key, its sessions included. */
  readonly perKey: number
  readonly perAddress: number
  /** Wrong keys a minute by one address; then right ones are refused too. */
  readonly failedLogins: number
  /** Event streams at a time by one address. */
  readonly streams: number
}

const minuteMs = 60_000

/** Requests a minute, by the name that `keyOf` gives the caller; null is not counted. */
export function perMinute(
  most: number,
  clock: Clock,
  keyOf: (request: Request) => string | null,
  whose: string,
): RequestHandler {
  if (most === 0) return (_request, _response, next) => next()
  const counts = new RateLimitStore(clock, minuteMs)
  return rateLimit({
    windowMs: minuteMs,
    limit: most,
    store: counts,
    keyGenerator: request => keyOf(request) ?? '',
    skip: request => keyOf(request) === null,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Whether a proxy stands in front is said by TRUST_PROXY and checked elsewhere.
    validate: false,
    handler(request, response, next) {
      response.set('Retry-After', secondsUntil(counts.get(keyOf(request)!)!.resetTime, clock))
      next(
        tooMany(`Expected at most ${most} requests a minute by one ${whose}. Send it again after Retry-After seconds.`),
      )
    },
  })
}

/** Guards the check of keys: `before` refuses an address that showed too many wrong ones, `failed` counts one more. */
export function failedLogins(most: number, clock: Clock) {
  const counts = new RateLimitStore(clock, minuteMs)
  return {
    before(request: Request, response: Response): void {
      const found = most === 0 ? undefined : counts.get(addressOf(request))
      if (!found || found.totalHits < most) return
      response.set('Retry-After', secondsUntil(found.resetTime, clock))
      throw tooMany(
        `Expected at most ${most} wrong keys a minute by one address. Send it again after Retry-After seconds.`,
      )
    },
    failed: (request: Request): void => void counts.increment(addressOf(request)),
  }
}

export type FailedLogins = ReturnType<typeof failedLogins>

/** Streams at a time by one address: each holds a connection for as long as it likes. */
export function streamsAtATime(most: number): RequestHandler {
  const counts = new Map<string, number>()
  return (request, response, next) => {
    const address = addressOf(request)
    const count = (counts.get(address) ?? 0) + 1
    if (most > 0 && count > most) {
      response.set('Retry-After', '10')
      throw tooMany(`Expected at most ${most} streams at a time by one address. Close one of them.`)
    }
    counts.set(address, count)
    response.once('close', () => {
      const left = known(counts.get(address)) - 1
      if (left === 0) counts.delete(address)
      else counts.set(address, left)
    })
    next()
  }
}

/** Of IPv6 the network of one customer (/56): they have more addresses of their own than could be counted. */
export function addressOf(request: Request): string {
  return ipKeyGenerator(request.ip ?? '', 56)
}

const secondsUntil = (time: Date, clock: Clock) => String(Math.ceil((time.getTime() - clock.now()) / 1_000))

function tooMany(message: string): CandlewatchError {
  return new CandlewatchError('ERR_RATE_LIMITED', message)
}

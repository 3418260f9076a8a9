import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import { known } from '@candlewatch/core/nth'
import type { Request, RequestHandler, Response } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import { RateLimitStore } from './rate-limit-store.ts'

/** Rate limits; 0 means no limit. */
export interface Limits {
  /** Requests per minute of one key, its sessions included. */
  readonly perKey: number
  readonly perAddress: number
  /** Invalid keys per minute from one address. Beyond that, valid ones are refused too. */
  readonly failedLogins: number
  /** Open event streams of one address. */
  readonly streams: number
}

const minuteMs = 60_000

/** Limits requests per minute and caller, as `keyOf` names it; requests for which it returns null are not counted. */
export function perMinute(
  limit: number,
  clock: Clock,
  keyOf: (request: Request) => string | null,
  whose: string,
): RequestHandler {
  if (limit === 0) return (_request, _response, next) => next()
  const counts = new RateLimitStore(clock, minuteMs)
  return rateLimit({
    windowMs: minuteMs,
    limit,
    store: counts,
    keyGenerator: request => keyOf(request) ?? '',
    skip: request => keyOf(request) === null,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // TRUST_PROXY says if there is a proxy in front; the access settings check it.
    validate: false,
    handler(request, response, next) {
      response.set('Retry-After', secondsUntil(counts.get(keyOf(request)!)!.resetTime, clock))
      next(
        tooMany(
          `Expected at most ${limit} requests a minute by one ${whose}. Send it again after Retry-After seconds.`,
        ),
      )
    },
  })
}

/** Limits invalid keys: `before` refuses an address that sent too many, `failed` counts one more. */
export function failedLogins(limit: number, clock: Clock) {
  const counts = new RateLimitStore(clock, minuteMs)
  return {
    before(request: Request, response: Response): void {
      const found = limit === 0 ? undefined : counts.get(addressOf(request))
      if (!found || found.totalHits < limit) return
      response.set('Retry-After', secondsUntil(found.resetTime, clock))
      throw tooMany(
        `Expected at most ${limit} wrong keys a minute by one address. Send it again after Retry-After seconds.`,
      )
    },
    failed: (request: Request): void => void counts.increment(addressOf(request)),
  }
}

/** The limit on invalid keys. */
export type FailedLogins = ReturnType<typeof failedLogins>

/** Limits the open event streams of one address, since each holds a connection without end. */
export function streamsAtATime(limit: number): RequestHandler {
  const counts = new Map<string, number>()
  return (request, response, next) => {
    const address = addressOf(request)
    const count = (counts.get(address) ?? 0) + 1
    if (limit > 0 && count > limit) {
      response.set('Retry-After', '10')
      throw tooMany(`Expected at most ${limit} streams at a time by one address. Close one of them.`)
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

/** The address that mosts count; for IPv6 the network of one customer (/56), who has too many addresses to count each. */
export function addressOf(request: Request): string {
  return ipKeyGenerator(request.ip ?? '', 56)
}

const secondsUntil = (time: Date, clock: Clock) => String(Math.ceil((time.getTime() - clock.now()) / 1_000))

function tooMany(message: string): CandlewatchError {
  return new CandlewatchError('ERR_RATE_LIMITED', message)
}

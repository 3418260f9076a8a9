import { maxAddressLength } from '@candlewatch/api/values/limits'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type RequestHandler, Router } from 'express'
import type { Access } from './access.ts'
import { auth, endsWithKey } from './auth.ts'
import { cors, ownOrigin, thisMachineAlone } from './cors.ts'
import { addressOf, failedLogins, perMinute, streamsAtATime } from './rate-limits.ts'
import { session } from './session.ts'

/** The checks that every request passes before it reaches a resource, in this order. `page` needs no key: users sign in there. */
export function entryChecks(
  { keys, limits, corsOrigins, streamCheckMs }: Access,
  clock: Clock,
  page: RequestHandler,
): RequestHandler[] {
  const failures = failedLogins(limits.failedLogins, clock)
  return [
    ...(keys ? [] : [thisMachineAlone]),
    cors(corsOrigins),
    ownOrigin(corsOrigins),
    shortUrl,
    perMinute(limits.perAddress, clock, addressOf, 'address'),
    page,
    session(keys, failures),
    ...(keys ? [auth(keys, failures)] : []),
    perMinute(limits.perKey, clock, request => request.caller?.keyId ?? null, 'key'),
    Router().use('/api/stream', streamsAtATime(limits.streams), ...(keys ? [endsWithKey(keys, streamCheckMs)] : [])),
  ]
}

const shortUrl: RequestHandler = (request, _response, next) => {
  if (request.originalUrl.length <= maxAddressLength) {
    next()
    return
  }
  throw new CandlewatchError(
    'ERR_URL_TOO_LONG',
    `Expected an address of at most ${maxAddressLength} characters, found ${request.originalUrl.length}.`,
  )
}

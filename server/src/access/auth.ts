import type { Scope } from '@candlewatch/adapters/stores/keys'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Request, RequestHandler, Response } from 'express'
import type { Caller, Keys } from './keys.ts'
import type { FailedLogins } from './rate-limits.ts'
import { scopeOf } from './route-scope.ts'

declare global {
  namespace Express {
    interface Request {
      /** Who asks; undefined where no key is asked, null where none was shown. */
      caller: Caller | null | undefined
    }
  }
}

const includes: Readonly<Record<Scope, readonly Scope[]>> = {
  read: ['read'],
  ingest: ['read', 'ingest'],
  admin: ['read', 'ingest', 'admin'],
}

/** Lets a request on that shows a key, or the session of one, whose scope covers the call. */
export function auth(keys: Keys, failures: FailedLogins): RequestHandler {
  return async (request, response, next) => {
    const needed = scopeOf(request.method, request.path)
    request.caller = await callerOf(request, response, keys, failures)
    if (needed !== null) demand(request.caller, needed, `${request.method} ${request.path}`)
    next()
  }
}

/** null when nothing was shown. Throws ERR_KEY_INVALID, ERR_RATE_LIMITED. */
export async function callerOf(
  request: Request,
  response: Response,
  keys: Keys,
  failures: FailedLogins,
): Promise<Caller | null> {
  const text = keyOf(request)
  // A session that is over is no guess at a key: it counts as nothing shown.
  return text === null ? callerOfCookie(request, keys) : callerOfKey(text, request, response, keys, failures)
}

/** Ends a stream when its key is revoked or its session over: it was let in once, and could last for months. */
export function endsWithKey(keys: Keys, everyMs: number): RequestHandler {
  return (request, response, next) => {
    const text = keyOf(request)
    const look = () => (text === null ? callerOfCookie(request, keys) : keys.callerOf(text))
    const timer = setInterval(() => {
      // While the database does not answer, a stream goes on: nothing is committed meanwhile that it could show.
      look().then(
        caller => caller ?? response.end(),
        () => undefined,
      )
    }, everyMs)
    response.once('close', () => clearInterval(timer))
    next()
  }
}

/** What the Authorization header shows; empty when it is no bearer's, null when there is none. */
function keyOf(request: Request): string | null {
  const header = request.get('authorization')
  return header === undefined ? null : (/^Bearer +(\S+)$/i.exec(header)?.[1] ?? '')
}

async function callerOfCookie(request: Request, keys: Keys): Promise<Caller | null> {
  const token = sessionOf(request)
  return token === null ? null : keys.callerOfSession(token)
}

/** Throws ERR_KEY_INVALID, and ERR_RATE_LIMITED when this address has shown too many such. */
export async function callerOfKey(
  text: string,
  request: Request,
  response: Response,
  keys: Keys,
  failures: FailedLogins,
): Promise<Caller> {
  failures.before(request, response)
  const caller = await keys.callerOf(text)
  if (caller) return caller
  failures.failed(request)
  throw new CandlewatchError(
    'ERR_KEY_INVALID',
    'Expected an API key that is known and not revoked, as in "Authorization: Bearer cw_…". npm run keys -- list shows which there are.',
  )
}

export const cookieName = 'cw_session'

export function sessionOf(request: Request): string | null {
  return /(?:^|; *)cw_session=([0-9a-f]{64})(?:;|$)/.exec(request.get('cookie') ?? '')?.[1] ?? null
}

function demand(caller: Caller | null, needed: Scope, call: string): void {
  if (caller === null) {
    throw new CandlewatchError(
      'ERR_KEY_REQUIRED',
      'Expected an API key, as in "Authorization: Bearer cw_…", found none. A browser signs in at /.',
    )
  }
  if (includes[caller.scope].includes(needed)) return
  throw new CandlewatchError(
    'ERR_KEY_SCOPE',
    `Expected a key of scope ${needed} for ${call}, found one of scope ${caller.scope} (${caller.name}). Use another key.`,
  )
}

import type { Scope } from '@candlewatch/adapters/stores/keys'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Request, RequestHandler, Response } from 'express'
import type { Caller, Keys } from './keys.ts'
import type { FailedLogins } from './rate-limits.ts'
import { scopeOf } from './route-scope.ts'

declare global {
  namespace Express {
    interface Request {
      /** The caller; undefined where no key is required, null where none was sent. */
      caller: Caller | null | undefined
    }
  }
}

const includes: Readonly<Record<Scope, readonly Scope[]>> = {
  read: ['read'],
  ingest: ['read', 'ingest'],
  admin: ['read', 'ingest', 'admin'],
}

/** Passes requests whose key or session has a scope that covers the call. Throws ERR_KEY_REQUIRED, ERR_KEY_SCOPE. */
export function auth(keys: Keys, failures: FailedLogins): RequestHandler {
  return async (request, response, next) => {
    const needed = scopeOf(request.method, request.path)
    // Health checks are answered whatever key they show, and without the database.
    if (needed !== null) {
      request.caller = await callerOf(request, response, keys, failures)
      demand(request.caller, needed, `${request.method} ${request.path}`)
    }
    next()
  }
}

/** The caller of a request by its key or session; null if it has neither. Throws ERR_KEY_INVALID, ERR_RATE_LIMITED. */
export async function callerOf(
  request: Request,
  response: Response,
  keys: Keys,
  failures: FailedLogins,
): Promise<Caller | null> {
  const text = keyOf(request)
  // An expired session is no guess at a key: it counts as none.
  return text === null ? callerOfCookie(request, keys) : callerOfKey(text, request, response, keys, failures)
}

/** Ends an event stream when its key is revoked or its session expires. A stream is authorized once and can last for months. */
export function endsWithKey(keys: Keys, everyMs: number): RequestHandler {
  return (request, response, next) => {
    const text = keyOf(request)
    const look = () => (text === null ? callerOfCookie(request, keys) : keys.callerOf(text))
    const timer = setInterval(() => {
      // While the database does not answer, the stream stays open: nothing is committed that it could send.
      look().then(
        caller => caller ?? response.end(),
        () => undefined,
      )
    }, everyMs)
    response.once('close', () => clearInterval(timer))
    next()
  }
}

/** The key in the Authorization header; empty if its scheme is not Bearer, null without the header. */
function keyOf(request: Request): string | null {
  const header = request.get('authorization')
  return header === undefined ? null : (/^Bearer +(\S+)$/i.exec(header)?.[1] ?? '')
}

async function callerOfCookie(request: Request, keys: Keys): Promise<Caller | null> {
  const token = sessionOf(request)
  return token === null ? null : keys.callerOfSession(token)
}

/** The caller with this key. Throws ERR_KEY_INVALID, and ERR_RATE_LIMITED after too many invalid keys from this address. */
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
    'Expected an API key that is known and not revoked, as in "Authorization: Bearer cw_…". npm run keys -- list shows the keys.',
  )
}

/**
 * The name of the session cookie. Over TLS its prefix makes browsers refuse one that another host of the domain or an insecure
 * page has set; over plain HTTP, which a loopback address uses, they would not accept the prefix.
 */
export function cookieName(request: Request): string {
  return request.secure ? '__Host-cw_session' : 'cw_session'
}

/** The token in the session cookie; null without one. */
export function sessionOf(request: Request): string | null {
  const start = `${cookieName(request)}=`
  const cookies = (request.get('cookie') ?? '').split(/; */)
  const token = cookies.find(cookie => cookie.startsWith(start))?.slice(start.length) ?? ''
  return /^[0-9a-f]{64}$/.test(token) ? token : null
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

import { CandlewatchError } from '@candlewatch/core/errors'
import type { RequestHandler } from 'express'
import { isLoopback } from './loopback.ts'

/** Lets the pages of the listed origins read the answers. Cookies are not allowed for them: they send a key. */
export function cors(origins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    if (origins.length > 0) response.vary('Origin')
    const origin = request.get('origin')
    if (origin === undefined || !origins.includes(origin)) {
      next()
      return
    }
    response.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Expose-Headers': 'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy',
    })
    if (request.method !== 'OPTIONS' || request.get('access-control-request-method') === undefined) {
      next()
      return
    }
    response.set({
      'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, Last-Event-ID, X-Request-Id',
      'Access-Control-Max-Age': '600',
    })
    response.sendStatus(204)
  }
}

const safe = ['GET', 'HEAD', 'OPTIONS']

// Whatever costs something. Links to the page itself may come from anywhere.
const costly = /^\/(api\/|metrics\/?$)/i

/**
 * Refuses calls that the page of another site requests: changes by the site that the browser names in Origin, and all other calls
 * of the API by Sec-Fetch-Site, since an image or a frame can cause them without Origin. Throws ERR_ORIGIN_REFUSED.
 */
export function ownOrigin(origins: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    const origin = request.get('origin')
    const isAllowed = origin !== undefined && (hostOf(origin) === request.host || origins.includes(origin))
    const isForeign = safe.includes(request.method)
      ? request.get('sec-fetch-site') === 'cross-site' && costly.test(request.path)
      : origin !== undefined
    if (isAllowed || !isForeign) {
      next()
      return
    }
    throw new CandlewatchError(
      'ERR_ORIGIN_REFUSED',
      `Expected a request from the page at ${request.host}, found one from ${origin ?? 'another site'}. To allow that origin, add it to CORS_ORIGINS.`,
    )
  }
}

/**
 * Refuses requests from other machines where no key is required. A proxy in front would let everyone in, and a site whose
 * name points at 127.0.0.1 (DNS rebinding) would look like our own page; the headers reveal both. Throws ERR_ORIGIN_REFUSED.
 */
export const thisMachineAlone: RequestHandler = (request, _response, next) => {
  const proxied = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].find(name => request.get(name) !== undefined)
  const { hostname } = request
  if (proxied === undefined && (hostname === undefined || isLoopback(hostname.replace(/^\[|\]$/g, '')))) {
    next()
    return
  }
  const found = proxied === undefined ? `one for ${hostname}` : `one that a proxy forwarded (${proxied})`
  throw new CandlewatchError(
    'ERR_ORIGIN_REFUSED',
    `Expected a request to localhost from this machine, found ${found}. This server requires no key: set REQUIRE_KEYS=true to serve other machines.`,
  )
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}

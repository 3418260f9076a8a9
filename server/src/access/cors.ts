import { CandlewatchError } from '@candlewatch/core/errors'
import type { RequestHandler } from 'express'
import { isLoopback } from './loopback.ts'

/** Answers to pages of the listed origins alone; to all others a browser shows nothing. Cookies are never among it: they use keys. */
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

/** Changes nothing for the page of another site, which a browser names in Origin. */
export function ownOrigin(origins: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    const origin = request.get('origin')
    const mine = origin !== undefined && hostOf(origin) === request.host
    if (safe.includes(request.method) || origin === undefined || mine || origins.includes(origin)) {
      next()
      return
    }
    throw new CandlewatchError(
      'ERR_ORIGIN_REFUSED',
      `Expected a request from the page at ${request.host}, found one from ${origin}. CORS_ORIGINS lists other origins that may.`,
    )
  }
}

/**
 * For a server that asks no key because only this machine reaches it. A proxy in front would let everyone in, and a site
 * whose name is made to point at 127.0.0.1 (DNS rebinding) would be taken for our own page: both show in the headers.
 */
export const thisMachineAlone: RequestHandler = (request, _response, next) => {
  const proxied = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].find(name => request.get(name) !== undefined)
  const { hostname } = request
  if (proxied === undefined && (hostname === undefined || isLoopback(hostname.replace(/^\[|\]$/g, '')))) {
    next()
    return
  }
  const found = proxied === undefined ? `one for ${hostname}` : `one that a proxy passed on (${proxied})`
  throw new CandlewatchError(
    'ERR_ORIGIN_REFUSED',
    `Expected a request to localhost from this machine, found ${found}. This server asks no key: set REQUIRE_KEYS=true to serve others.`,
  )
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}

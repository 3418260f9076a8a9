import type { KeyStore } from '@candlewatch/adapters/stores/keys'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Env } from '../platform/env.ts'
import { type Keys, makeKeys } from './keys.ts'
import { isLoopback } from './loopback.ts'
import type { Limits } from './rate-limits.ts'

/** The rules for callers: which keys, from which origins and proxies, and how often. */
export interface Access {
  /** null: no key is required. */
  readonly keys: Keys | null
  readonly limits: Limits
  /** Other origins whose pages may call the API. */
  readonly corsOrigins: readonly string[]
  /** The proxies whose X-Forwarded-For is trusted, as express takes it. */
  readonly trustProxy: number | readonly string[]
  /** How often the key of an open event stream is checked again. */
  readonly streamCheckMs: number
  /** A description for the log. */
  readonly summary: string
}

/** Access from this machine only, without keys or rate limits. */
export const openAccess: Access = {
  keys: null,
  limits: { perKey: 0, perAddress: 0, failedLogins: 0, streams: 0 },
  corsOrigins: [],
  trustProxy: [],
  streamCheckMs: 10_000,
  summary: 'loopback only, no API key required',
}

/** Reads the rules from the environment. Keys are required unless only this machine can reach the server. Throws ERR_KEYS_NONE. */
export async function makeAccess(env: Env, store: KeyStore, clock: Clock): Promise<Access> {
  const { CORS_ORIGINS: corsOrigins, TRUST_PROXY: trustProxy } = env
  const why = [
    ...(isLoopback(env.HOST) ? [] : [`HOST is ${env.HOST}`]),
    ...(env.REQUIRE_KEYS ? ['REQUIRE_KEYS is true'] : []),
    ...(trustProxy === undefined ? [] : ['TRUST_PROXY is set']),
  ].join(' and ')
  // Without keys only this machine's programs call: they have no limit unless one is set.
  const limit = (given: number | undefined, usual: number) => given ?? (why === '' ? 0 : usual)
  const limits = {
    perKey: limit(env.RATE_LIMIT_PER_KEY, 6_000),
    perAddress: limit(env.RATE_LIMIT_PER_ADDRESS, 6_000),
    failedLogins: limit(env.RATE_LIMIT_FAILED_LOGINS, 10),
    streams: limit(env.STREAMS_PER_ADDRESS, 50),
  }
  if (why === '') return { ...openAccess, limits, corsOrigins }
  const keys = await store.keys()
  if (keys.every(key => key.revokedAt !== null)) {
    throw new CandlewatchError(
      'ERR_KEYS_NONE',
      `Expected at least one API key, because every request needs one (${why}); found none. Create one: npm run keys -- add --name me --scope admin`,
    )
  }
  return {
    keys: makeKeys(store, clock),
    limits,
    corsOrigins,
    trustProxy: trustProxy ?? [],
    streamCheckMs: openAccess.streamCheckMs,
    summary: `API key required: ${why}`,
  }
}

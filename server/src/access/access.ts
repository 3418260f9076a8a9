import type { KeyStore } from '@candlewatch/adapters/stores/keys'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Env } from '../platform/env.ts'
import { type Keys, makeKeys } from './keys.ts'
import { isLoopback } from './loopback.ts'
import type { Limits } from './rate-limits.ts'

/** Who may ask, from where and how often. */
export interface Access {
  /** null: nobody is asked for a key. */
  readonly keys: Keys | null
  readonly limits: Limits
  /** Pages of other sites that may ask too. */
  readonly corsOrigins: readonly string[]
  /** As express takes it: the proxies whose word on the caller's address is believed. */
  readonly trustProxy: number | readonly string[]
  /** How often an open stream's key is looked at again. */
  readonly streamCheckMs: number
  /** In words, for the log. */
  readonly summary: string
}

/** This machine alone, no keys, no limits. */
export const openAccess: Access = {
  keys: null,
  corsOrigins: [],
  trustProxy: [],
  summary: 'loopback only, no key asked',
  streamCheckMs: 10_000,
  limits: { perKey: 0, perAddress: 0, failedLogins: 0, streams: 0 },
}

/** Keys are asked for as soon as anyone but this machine could be there. Throws ERR_KEYS_NONE. */
export async function makeAccess(env: Env, store: KeyStore, clock: Clock): Promise<Access> {
  const { CORS_ORIGINS: corsOrigins, TRUST_PROXY: trustProxy } = env
  const why = [
    ...(isLoopback(env.HOST) ? [] : [`HOST is ${env.HOST}`]),
    ...(env.REQUIRE_KEYS ? ['REQUIRE_KEYS is true'] : []),
    ...(trustProxy === undefined ? [] : ['TRUST_PROXY is set']),
  ].join(' and ')
  // One machine's own programs are not slowed down, unless it is asked for.
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
      `Every request must show an API key (${why}), and there is none. Make one: npm run keys -- add --name me --scope admin`,
    )
  }
  return {
    ...openAccess,
    keys: makeKeys(store, clock),
    limits,
    corsOrigins,
    trustProxy: trustProxy ?? [],
    summary: `every request must show an API key: ${why}`,
  }
}

import { CandlewatchError } from '@candlewatch/core/errors'

/** ERR_DATABASE_UNAVAILABLE: what is wrong, then what to do; setting DATABASE_URL helps in every case. */
export function unavailable(found: string, remedy: string, cause?: unknown): CandlewatchError {
  return new CandlewatchError(
    'ERR_DATABASE_UNAVAILABLE',
    `Expected to start a private PostgreSQL. ${found} ${remedy} Or set DATABASE_URL to a PostgreSQL 15 or later.`,
    cause === undefined ? {} : { cause },
  )
}

import { fileURLToPath } from 'node:url'
import { CandlewatchError } from '@candlewatch/core/errors'
import { z } from 'zod'

// Both src/ and dist/ lie two folders below the root of the repository.
export const root = fileURLToPath(new URL('../../', import.meta.url))

const schema = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'expected an address such as postgres://user:password@host:5432/name')
    .optional(),
  /** Where the private database lives when there is no DATABASE_URL; the server finds it there too. */
  DATA_DIR: z.string().default(`${root}.candlewatch/postgres`),
  /** What it shows to a server that asks for keys (HOST, REQUIRE_KEYS): of scope admin, since it steers a replay. */
  API_KEY: z.string().optional(),
  /** Where a downloaded year is cached. */
  DOWNLOADS_DIR: z.string().default(`${root}data`),
  /** The server's log, which goes to .candlewatch/server.log. */
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: () => 'expected one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info'),
})

export interface Env extends z.output<typeof schema> {
  /** All variables, for the server that is started. */
  readonly inherited: Readonly<Record<string, string | undefined>>
}

/** The simulator's settings. Throws ERR_ENV_INVALID, which lists every mistake at once. An empty variable counts as unset. */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return { ...parsed.data, inherited: given }
  const mistakes = parsed.error.issues.map(({ path, message }) => `  ${String(path[0])}: ${message}`)
  throw new CandlewatchError(
    'ERR_ENV_INVALID',
    `Correct or remove these environment variables:\n${mistakes.join('\n')}`,
  )
}

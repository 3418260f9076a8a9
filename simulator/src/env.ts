import { fileURLToPath } from 'node:url'
import { CandlewatchError } from '@candlewatch/core/errors'
import { z } from 'zod'

/** The root of the repository: both src/ and dist/ are two folders below it. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** The simulator's variables. `.env.example` is written from them. */
export const envSchema = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'expected an address such as postgres://user:password@host:5432/name')
    .optional(),
  // The server finds the private database there too.
  DATA_DIR: z.string().default(`${root}.candlewatch/postgres`),
  API_KEY: z.string().optional().meta({
    description: 'The key for a server that requires one, of scope admin because a replay is controlled with it.',
    example: 'cw_…',
  }),
  DOWNLOADS_DIR: z.string().default(`${root}data`).describe('Where downloaded years are kept.'),
  // The log level of the server that it starts, whose log goes to .candlewatch/server.log.
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: () => 'expected one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info'),
})

/** The simulator's settings. */
export interface Env extends z.output<typeof envSchema> {
  /** All variables, for the server that is started. */
  readonly inherited: Readonly<Record<string, string | undefined>>
}

/** Reads the simulator's settings. Throws ERR_ENV_INVALID, which lists every mistake at once. An empty variable counts as unset. */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = envSchema.safeParse(given)
  if (parsed.success) return { ...parsed.data, inherited: given }
  const mistakes = parsed.error.issues.map(({ path, message }) => `  ${String(path[0])}: ${message}`)
  throw new CandlewatchError(
    'ERR_ENV_INVALID',
    `Correct or remove these environment variables:\n${mistakes.join('\n')}`,
  )
}

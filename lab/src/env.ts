import { fileURLToPath } from 'node:url'
import { CandlewatchError } from '@candlewatch/core/errors'
import { z } from 'zod'

// Both src/ and dist/ lie two folders below the root of the repository.
const root = fileURLToPath(new URL('../../', import.meta.url))

/** The lab's variables. */
export const envSchema = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'expected an address such as postgres://user:password@host:5432/name')
    .optional(),
  /** Where the private database lives when there is no DATABASE_URL: the server's. */
  DATA_DIR: z.string().default(`${root}.candlewatch/postgres`),
  /** The folder of the models: the server's. */
  MODELS_DIR: z.string().default(`${root}models`),
})

/** The lab's settings. */
export type Env = z.output<typeof envSchema>

/** Reads the lab's settings. Throws ERR_ENV_INVALID. An empty variable counts as unset. */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = envSchema.safeParse(given)
  if (parsed.success) return parsed.data
  // An address can contain a password, so its text stays out of the message.
  const mistakes = parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`)
  throw new CandlewatchError('ERR_ENV_INVALID', `Correct or remove these variables: ${mistakes.join('; ')}.`)
}

import { fileURLToPath } from 'node:url'
import { CandlewatchError } from '@candlewatch/core/errors'
import { validate } from 'node-cron'
import { z } from 'zod'
import { accessEnv } from './access-env.ts'

// Both src/ and dist/ are two folders below the root of the repository.
const root = fileURLToPath(new URL('../../../', import.meta.url))

const text = z.string().min(1, 'expected a non-empty text')
const number = (expected: string) => z.coerce.number({ error: () => `expected ${expected}` })

/** The server's environment variables. `.env.example` is generated from them. */
export const envSchema = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'expected an address such as postgres://user:password@host:5432/name')
    .optional()
    .meta({
      description: 'Any PostgreSQL 15 or later. Unset: a private one is started.',
      example: 'postgres://user:password@host:5432/name',
    }),
  DATA_DIR: text
    .default(`${root}.candlewatch/postgres`)
    .describe('Folder of the private database, used without DATABASE_URL.'),
  HOST: text
    .default('127.0.0.1')
    .describe('The address to listen on. On any address but a loopback one, every request needs an API key.'),
  PORT: number('a port from 0 (any free one) to 65535')
    .int('expected a whole number')
    .min(0, 'expected a port from 0 (any free one) to 65535')
    .max(65_535, 'expected a port from 0 (any free one) to 65535')
    .default(3000)
    .describe('The port to listen on; 0 takes any free one.'),
  ADVERTISED_URL: z
    .string()
    .regex(/^https?:\/\/[^/\s]+$/, 'expected an address such as http://10.0.0.7:3000')
    .optional()
    .meta({
      description:
        'Where other servers of the same database reach this one. Unset: HOST and PORT, which is enough on one machine.',
      example: 'http://10.0.0.7:3000',
    }),
  ...accessEnv,
  MODEL: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/i, 'expected the name of a folder under MODELS_DIR')
    .optional()
    .meta({ example: 'btc-usd-1h' })
    .describe('One model for every stream: a folder in MODELS_DIR.'),
  MODELS_DIR: text
    .default(`${root}models`)
    .describe('Folder of the models that come with the program. They are added to the database.'),
  MODELS_CACHE_DIR: text
    .default(`${root}.candlewatch/models`)
    .describe('Folder for what this server trains, and for copies of the models in the database.'),
  WEB_DIR: text.default(`${root}web/dist`).describe('The built page.'),
  MAX_MARKETS: number('a whole number of markets from 1')
    .int('expected a whole number of markets')
    .min(1, 'expected at least 1 market')
    .default(20_000)
    .describe('How many markets there may be, each interval counted. Rows of further ones are refused.'),
  ALARMS_PER_WEEK: number('a number above 0, up to 168 (one an hour)')
    .positive('expected a number above 0')
    .max(168, 'expected at most 168 (one an hour)')
    .optional()
    .meta({
      description:
        'The alarm budget in episodes per week, set at every start. Unset: as stored in the database, 1 at first.',
      example: 1,
    }),
  FEED_SHARE: number('a share from 0 to 1')
    .min(0, 'expected a share from 0 to 1')
    .max(1, 'expected a share from 0 to 1')
    .optional()
    .meta({
      description:
        'The share of the alarm budget for implausible rows. Unset: as stored in the database, 0.1 at first.',
      example: 0.1,
    }),
  RETENTION_DAYS: number('a whole number of days from 1')
    .int('expected a whole number of days')
    .min(1, 'expected at least 1 day')
    .max(36_500, 'expected at most 36500 days, a hundred years')
    .optional()
    .meta({
      description:
        'Drop years of bars and verdicts that ended, and were received, more than this many days ago. Unset: keep everything.',
      example: 730,
    }),
  RETRAIN_CRON: text
    .refine(pattern => pattern.trim().split(/\s+/).length === 5, {
      error:
        'expected five cron fields (minute, hour, day, month, weekday; seconds are not supported), as in "30 3 * * *"',
      abort: true,
    })
    .refine(validate, 'expected cron fields in their ranges, as in "30 3 * * *" (03:30 UTC every day)')
    .optional()
    .meta({
      description: 'When to train a new version of the model: five cron fields, UTC. Unset: only on request.',
      example: '30 3 * * *',
    }),
  PROMOTE_RULE: z
    .enum(['never', 'better'], { error: () => 'expected never or better' })
    .default('better')
    .describe('`better`: a new version replaces the champion if its error over the last 30 days is lower.'),
  PROMOTE_MARGIN: number('a percentage from 0 to 100')
    .min(0, 'expected a percentage from 0 to 100')
    .max(100, 'expected a percentage from 0 to 100')
    .default(0.5)
    .describe('How much lower the error must be, in percent. Smaller differences are often chance.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: () => 'expected one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info')
    .describe('The lowest level that is logged: fatal, error, warn, info, debug, trace or silent.'),
})

/** The program that trains a new version, in a process of its own. */
export const trainerScript = `${root}lab/dist/train.js`

/** The environment of a process that works on the same database. */
export function childEnv(databaseUrl: string): Record<string, string | undefined> {
  return { ...process.env, DATABASE_URL: databaseUrl }
}

/** The checked settings. */
export type Env = z.output<typeof envSchema>

/** The server's settings. Throws ERR_ENV_INVALID, which lists every mistake at once. An empty variable counts as unset. */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = envSchema.safeParse(given)
  if (parsed.success) return parsed.data
  const mistakes = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0])
    // A database address can contain a password, so it is not shown.
    const found = name === 'DATABASE_URL' ? '' : `, found "${given[name] ?? ''}"`
    return `  ${name}: ${message}${found}`
  })
  throw new CandlewatchError(
    'ERR_ENV_INVALID',
    `Correct or remove these environment variables:\n${mistakes.join('\n')}`,
  )
}

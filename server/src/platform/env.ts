import { fileURLToPath } from 'node:url'
import { CandlewatchError } from '@candlewatch/core/errors'
import { validate } from 'node-cron'
import { z } from 'zod'
import { accessEnv } from './access-env.ts'

// Both src/ and dist/ lie two folders below the root of the repository.
const root = fileURLToPath(new URL('../../../', import.meta.url))

const text = z.string().min(1, 'expected a text, found an empty one')
const number = (expected: string) => z.coerce.number({ error: () => `expected ${expected}` })

const schema = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'expected an address such as postgres://user:password@host:5432/name')
    .optional(),
  // The loopback: whoever wants the network to see the server says so.
  HOST: text.default('127.0.0.1'),
  PORT: number('a port from 0 (any free one) to 65535')
    .int('expected a whole number')
    .min(0, 'expected a port from 0 (any free one) to 65535')
    .max(65_535, 'expected a port from 0 (any free one) to 65535')
    .default(3000),
  ...accessEnv,
  MODEL: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/i, 'expected the name of a folder under MODELS_DIR')
    .default('btc-usd-1h'),
  MODELS_DIR: text.default(`${root}models`),
  WEB_DIR: text.default(`${root}web/dist`),
  /** The alarm budget: how many false alarms a week its reader will stand. Unset: as the database says, or 1. */
  ALARMS_PER_WEEK: number('a number above 0, up to 168 (one an hour)')
    .positive('expected a number above 0')
    .max(168, 'expected at most 168 (one an hour)')
    .optional(),
  /** Of that budget, what goes to rows that are hard to believe. Unset: as the database says, or a tenth. */
  FEED_SHARE: number('a share from 0 to 1')
    .min(0, 'expected a share from 0 to 1')
    .max(1, 'expected a share from 0 to 1')
    .optional(),
  /** Days that bars, verdicts and forecasts are kept at least; whole calendar years go. Unset: for good. */
  RETENTION_DAYS: number('a whole number of days from 1')
    .int('expected a whole number of days')
    .min(1, 'expected at least 1 day')
    .max(36_500, 'expected at most 36500 days, a hundred years')
    .optional(),
  /** When a new version is trained: five cron fields, UTC, such as `30 3 * * *`. Unset: never by itself. */
  RETRAIN_CRON: text
    .refine(pattern => pattern.trim().split(/\s+/).length === 5, {
      error:
        'expected five cron fields (minute, hour, day, month, weekday; seconds or less are not taken), as in "30 3 * * *"',
      abort: true,
    })
    .refine(validate, 'expected cron fields in their ranges, as in "30 3 * * *" (03:30 UTC every day)')
    .optional(),
  /** `better`: a new version that does better over the last 30 days takes the champion's place by itself. */
  PROMOTE_RULE: z.enum(['never', 'better'], { error: () => 'expected never or better' }).default('better'),
  /** How much lower its error must be, in percent: less is luck as often as not. */
  PROMOTE_MARGIN: number('a percentage from 0 to 100')
    .min(0, 'expected a percentage from 0 to 100')
    .max(100, 'expected a percentage from 0 to 100')
    .default(0.5),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: () => 'expected one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info'),
  /** Where the private database lives when there is no DATABASE_URL. */
  DATA_DIR: text.default(`${root}.candlewatch/postgres`),
})

/** What trains a new version, as a process of its own. */
export const trainerScript = `${root}lab/dist/train.js`

/** The environment of a process that works on the same database. */
export function childEnv(databaseUrl: string): Record<string, string | undefined> {
  return { ...process.env, DATABASE_URL: databaseUrl }
}

export type Env = z.output<typeof schema>

/** The server's settings. Throws ERR_ENV_INVALID, which lists every mistake at once. An empty variable counts as unset. */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const mistakes = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0])
    // An address can hold a password, so its text stays out of the log.
    const found = name === 'DATABASE_URL' ? '' : `, found "${given[name] ?? ''}"`
    return `  ${name}: ${message}${found}`
  })
  throw new CandlewatchError(
    'ERR_ENV_INVALID',
    `Correct or remove these environment variables:\n${mistakes.join('\n')}`,
  )
}

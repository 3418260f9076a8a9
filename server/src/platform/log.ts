import { type DestinationStream, type Logger, pino } from 'pino'

/** The server's log. */
export type Log = Logger

/**
 * Makes a log of JSON lines, written to stdout by default. Secrets are removed: whatever looks like a key, a session or the
 * password in an address is replaced in the finished line, since errors can carry them in any field.
 */
export function makeLog(level: string, to: DestinationStream = pino.destination(1)): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      redact: { paths: secretFields, censor: '***' },
      hooks: { streamWrite: withoutSecrets },
    },
    to,
  )
}

const secretFields = ['authorization', 'cookie', 'set-cookie', 'key', 'password'].flatMap(name => [
  `["${name}"]`,
  `*["${name}"]`,
  `*.headers["${name}"]`,
])

/** Replaces secrets in a text, also for what is printed without the log. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/(cw_[0-9a-f]{12}_)[0-9a-f]+/gi, '$1***')
    .replace(/(cw_session=)[0-9a-f]+/gi, '$1***')
    .replace(/(\w:\/\/[^\s:/@"]*:)[^\s"]*@/g, '$1***@')
}

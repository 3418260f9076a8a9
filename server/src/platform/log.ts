import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/**
 * JSON lines, on stdout unless it is told where. Whatever is handed to it, no secret comes out: what looks like a key, a
 * session or the password of an address is struck out of the finished line, since errors carry them in any field.
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

/** Also for what is printed without the log. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/(cw_[0-9a-f]{12}_)[0-9a-f]+/gi, '$1***')
    .replace(/(cw_session=)[0-9a-f]+/gi, '$1***')
    .replace(/(\w:\/\/[^\s:/@"]*:)[^\s"]*@/g, '$1***@')
}

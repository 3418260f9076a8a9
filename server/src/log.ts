import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** JSON lines, on stdout unless it is told where. */
export function makeLog(level: string, to: DestinationStream = pino.destination(1)): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    to,
  )
}

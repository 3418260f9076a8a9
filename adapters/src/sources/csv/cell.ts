import { minuteMs } from '@candlewatch/core/time'

/** Parses a decimal number as spreadsheets and exchanges write it; NaN for anything else ('', '0x10', 'NaN', '1,5', 'inf'). */
export function numberOf(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
}

/** Parses Unix time in s, ms, µs or ns, or an ISO 8601 date (UTC unless it names a zone), to epoch ms; NaN for anything else. */
export function timeMsOf(text: string): number {
  return /^\d+(\.0*)?$/.test(text) ? unixMsOf(Number(text)) : isoMsOf(text)
}

// The unit shows in the size: each bound is the year 5138 in its own unit and 1973 in the next finer one.
// It is decided row by row, since CryptoDataDownload's files change from s to ms and Binance's from ms to µs (2025).
function unixMsOf(unix: number): number {
  if (unix < 1e11) return unix * 1_000
  if (unix < 1e14) return unix
  if (unix < 1e17) return unix / 1_000
  return unix < 1e20 ? unix / 1_000_000 : Number.NaN
}

const isoDate =
  /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s*(?:Z|UTC|([+-])(\d\d):?(\d\d))?$/i

function isoMsOf(text: string): number {
  const match = isoDate.exec(text)
  if (!match) return Number.NaN
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(part => Number(part ?? 0)) as Parts
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN
  const ms = Date.UTC(year, month - 1, day, hour, minute, second) + Number(`0.${match[7] ?? 0}`) * 1_000
  // Date.UTC silently turns 30 February into 2 March.
  if (new Date(ms).getUTCDate() !== day || new Date(ms).getUTCMonth() !== month - 1) return Number.NaN
  const offsetMs = (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0)) * minuteMs
  return match[8] === '-' ? ms + offsetMs : ms - offsetMs
}

type Parts = [year: number, month: number, day: number, hour: number, minute: number, second: number]

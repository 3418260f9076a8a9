import type { Ms } from '@candlewatch/core/types'

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?: ?(?:(Z)|([+-])(\d\d):?(\d\d)?))?)?$/i

/** `2021-01-01T00:00:00Z`, `2021-01-01 00:00:00+00:00`, `2021-01-01`; without a zone it is UTC. null for anything else, 30 February too. */
export function parseDate(text: string): Ms | null {
  const match = pattern.exec(text)
  if (!match) return null
  const [
    ,
    year,
    month,
    day,
    hour = '0',
    minute = '0',
    second = '0',
    fraction = '',
    ,
    sign,
    zoneHour = '0',
    zoneMinute = '0',
  ] = match
  const local = Date.UTC(
    +year!,
    +month! - 1,
    +day!,
    +hour,
    +minute,
    +second,
    Number(fraction.padEnd(3, '0').slice(0, 3)),
  )
  const shown = new Date(local)
  // Date.UTC carries 30 February over into March, and takes the year 99 for 1999.
  if (
    shown.getUTCFullYear() !== +year! ||
    shown.getUTCMonth() !== +month! - 1 ||
    shown.getUTCDate() !== +day! ||
    shown.getUTCMinutes() !== +minute
  )
    return null
  if (+second > 59 || +zoneHour > 14 || +zoneMinute > 59) return null
  const offsetMs = (+zoneHour * 60 + +zoneMinute) * 60_000
  const ms = local - (sign === '-' ? -offsetMs : offsetMs)
  return ms >= 0 ? (ms as Ms) : null
}

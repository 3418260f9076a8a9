const utc = { timeZone: 'UTC', hourCycle: 'h23' } as const
const day = new Intl.DateTimeFormat('en-GB', { ...utc, day: 'numeric', month: 'short', year: 'numeric' })
const minute = new Intl.DateTimeFormat('en-GB', { ...utc, hour: '2-digit', minute: '2-digit' })

/** `19 May 2021`, UTC. */
export function formatDay(at: number): string {
  return day.format(at)
}

/** `19 May 2021 12:00`, UTC; the caller says so beside it. */
export function formatMinute(at: number): string {
  return `${day.format(at)} ${minute.format(at)}`
}

/** `14:03:22` on the reader's own clock. */
export function formatLocalTime(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB')
}

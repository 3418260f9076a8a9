const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const
const longestMs = 3_600_000

/** `50ms`, `2s`, `1.5m`, `1h`, `0` to milliseconds. null for anything else, and for more than an hour. */
export function parseDuration(text: string): number | null {
  if (/^0+$/.test(text)) return 0
  const match = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text)
  if (!match) return null
  const ms = Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
  return ms <= longestMs ? ms : null
}

/** 90,000 → `1.5m`; 0 → `0`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0'
  for (const unit of ['h', 'm', 's'] as const) if (ms >= unitMs[unit]) return `${ms / unitMs[unit]}${unit}`
  return `${ms}ms`
}

import { errorCodes } from '@candlewatch/api/values/errors'
import { nth } from '@candlewatch/core/nth'
import type { AllAccepted } from './accepted.ts'
import type { Numbers } from './rows.ts'
import type { Answer, Sent } from './send.ts'

/** A request and the answer that it must get. */
export interface Expected extends Sent {
  /** The expected status; null = any but 5xx. */
  readonly status: number | null
  readonly code?: string
  readonly field?: string
  /** Checks the answer further and throws if it is wrong. Called for 2xx only. */
  taken?(body: unknown): void
}

/** The fields of a verdict that the fuzzer checks. */
export interface Verdict {
  readonly market: string
  readonly interval: string
  readonly date: string
  readonly status: string
  readonly fault: { readonly kind: string } | null
  readonly bar: Numbers
}

/** Throws an error that describes what is wrong with the answer. */
export function checkAnswer(expected: Expected, { status, headers, text }: Answer): void {
  const id = headers['x-request-id']
  if (typeof id !== 'string' || id === '') throw new Error('an answer without X-Request-Id')
  if (status >= 500) {
    if (status !== 503 || !text.includes('"ERR_BUSY"')) throw new Error(`a status of ${status}: ${text.slice(0, 500)}`)
    return
  }
  if (status >= 400 && expected.method !== 'HEAD') checkProblem(expected, status, id, headers['content-type'], text)
  if (expected.status !== null && status !== expected.status)
    throw new Error(`expected ${expected.status}, found ${status}: ${text.slice(0, 500)}`)
  if (status < 300 && expected.taken) expected.taken(JSON.parse(text))
}

function checkProblem(expected: Expected, status: number, id: string, type: unknown, text: string): void {
  if (typeof type !== 'string' || !type.startsWith('application/problem+json'))
    throw new Error(`${status} as ${String(type)}, not as problem+json: ${text.slice(0, 200)}`)
  const problem = JSON.parse(text) as Record<string, unknown>
  const { code, field, requestId, detail } = problem
  if (typeof code !== 'string' || !(code in errorCodes)) throw new Error(`a code that is not ours: ${text}`)
  if (problem.status !== status || requestId !== id || typeof detail !== 'string')
    throw new Error(`a problem at odds with itself: ${text}`)
  if (detail.length > 2_000) throw new Error(`a detail of ${detail.length} characters`)
  if (expected.code !== undefined && code !== expected.code) throw new Error(`expected ${expected.code}: ${text}`)
  if (expected.field !== undefined && field !== expected.field)
    throw new Error(`expected ${expected.field} as the field: ${text}`)
}

const names = ['open', 'high', 'low', 'close', 'volume'] as const

/** Records rows that were answered with 200 as stored, and checks that the verdicts belong to them. */
export function take(
  accepted: AllAccepted,
  posted: readonly Record<string, unknown>[],
  verdicts: readonly Verdict[],
): void {
  if (verdicts.length !== posted.length) throw new Error(`${posted.length} rows, ${verdicts.length} verdicts`)
  posted.forEach((row, i) => {
    const verdict = nth(verdicts, i)
    const { market, interval, date, bar } = verdict
    const volume = row.volume ?? row.VolumeBTC ?? row['Volume BTC']
    for (const name of names) {
      const sent = name === 'volume' ? volume : row[name]
      // -0 is 0 in JSON's eyes.
      if (bar[name] !== sent) throw new Error(`${name} ${String(sent)} was judged as ${bar[name]}`)
    }
    const stream = accepted.of(market, interval)
    if (!stream.isSame(date, verdict)) throw new Error(`another verdict for the same row of ${date}`)
    stream.take(date, bar, verdict)
  })
}

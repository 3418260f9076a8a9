import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Bar, Ms, Replay } from '@candlewatch/core/types'

/** Sleeps; ends early, without an error, when the signal is aborted. */
export interface Timer {
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** A row that the server will not take, however often it is sent. */
export class Refused extends Error {}

/** What a replay has only once it is made. */
type Told = 'seek' | 'steps' | 'until' | 'at' | 'revision'

/** An ordinary client of the HTTP API. */
export interface Client {
  /**
   * One verdict a bar. Tries again until the server answers; throws Refused for what it does not take, ERR_KEY_REQUIRED and
   * ERR_KEY_SCOPE when its key will not do, the signal's reason when stopped.
   */
  post(bars: readonly Bar[]): Promise<readonly Verdict[]>
  createReplay(replay: Omit<Replay, 'id' | Told>): Promise<Replay>
  /** With a revision, nothing changes unless the replay still has it. Answers what it is then. */
  changeReplay(id: string, change: Partial<Pick<Replay, 'state' | Told>>, signal?: AbortSignal): Promise<Replay>
}

export interface ClientParts {
  readonly url: string
  /** null where the server asks for none. */
  readonly apiKey: string | null
  readonly intervalMs: Ms
  readonly timer: Timer
  readonly signal: AbortSignal
  /** Told when it has to wait: why, and for how long. */
  onRetry(why: string, waitMs: number): void
}

const firstWaitMs = 100
const longestWaitMs = 2_000
/** Answers that are not meant to pass by themselves are asked for this often. */
const triesOfBroken = 3

export function makeClient({ url, apiKey, intervalMs, timer, signal, onRetry }: ClientParts): Client {
  const interval = formatInterval(intervalMs)

  const rowOf = ({ market, ts, open, high, low, close, volume }: Bar) => ({
    date: isoDate(ts - intervalMs),
    ...{ open, high, low, close, volume, market, interval },
  })

  async function send(method: string, path: string, body: unknown, stop: AbortSignal): Promise<unknown> {
    let waitMs = firstWaitMs
    for (let tries = 1; ; tries++) {
      stop.throwIfAborted()
      const answer = await attempt(method, path, body, stop)
      if ('value' in answer) return answer.value
      if (!answer.passing && tries >= triesOfBroken) throw new Refused(answer.why)
      const wait = answer.afterMs ?? waitMs
      onRetry(answer.why, wait)
      await timer.sleep(wait, stop)
      waitMs = Math.min(longestWaitMs, waitMs * 2)
    }
  }

  /** The answer, or why there is none; `passing`: worth trying for ever. */
  async function attempt(method: string, path: string, body: unknown, stop: AbortSignal) {
    let response: Response
    let text: string
    try {
      response = await fetch(`${url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...keyHeader(apiKey) },
        body: JSON.stringify(body),
        signal: stop,
      })
      text = await response.text()
    } catch (error) {
      stop.throwIfAborted()
      return { passing: true, why: `the server does not answer (${reasonOf(error)})`, afterMs: null }
    }
    if (response.ok) return { value: JSON.parse(text) as unknown }
    const why = `${response.status} ${detailOf(text)}`
    if (response.status === 401 || response.status === 403) {
      // No row will pass, whatever is in it.
      const message = `The server refuses us (${why}). Set API_KEY to a key of scope admin: npm run keys -- add --name simulator --scope admin`
      throw new CandlewatchError(response.status === 401 ? 'ERR_KEY_REQUIRED' : 'ERR_KEY_SCOPE', message)
    }
    if (response.status < 500 && response.status !== 429) throw new Refused(why)
    const afterMs = Number(response.headers.get('retry-after')) * 1_000
    return { passing: response.status !== 500, why, afterMs: afterMs > 0 ? Math.min(afterMs, 10_000) : null }
  }

  return {
    async post(bars) {
      const rows = bars.map(rowOf)
      if (rows.length > 1) return (await send('POST', '/predict_anomaly', rows, signal)) as readonly Verdict[]
      return [(await send('POST', '/predict_anomaly', rows[0], signal)) as Verdict]
    },
    async createReplay({ market, source, from, to, state, everyMs }) {
      const body = { market, interval, source, from, to, state, everyMs }
      return (await send('POST', '/api/replays', body, signal)) as Replay
    },
    async changeReplay(id, change, stop = signal) {
      return (await send('PATCH', `/api/replays/${id}`, change, stop)) as Replay
    },
  }
}

export function keyHeader(apiKey: string | null): { readonly authorization?: string } {
  return apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }
}

function detailOf(text: string): string {
  try {
    const problem = JSON.parse(text) as { code?: unknown; detail?: unknown }
    return `${String(problem.code)}: ${String(problem.detail)}`
  } catch {
    return text.slice(0, 200)
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined
  return String(cause?.code ?? (error instanceof Error ? error.message : error))
}

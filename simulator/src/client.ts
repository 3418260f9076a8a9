import { ApiError, makeAsk } from '@candlewatch/api/client'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Ms, Replay } from '@candlewatch/core/types'

/** Sleeps; ends early, without an error, when the signal is aborted. */
export interface Timer {
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** The error of a row that the server does not accept, however often it is sent. */
export class Refused extends Error {}

/** The fields that a replay has once it is created. */
type CreatedField = 'seek' | 'steps' | 'until' | 'at' | 'revision'

/** An ordinary client of the HTTP API. It tries again until the server answers. */
export interface Client {
  /**
   * Posts bars of a replay and returns a verdict for each. Throws Refused for rows that the server does not accept,
   * ERR_REPLAY_DISPLACED once rows of another source have come to the market, ERR_KEY_REQUIRED and ERR_KEY_SCOPE if its key is
   * not sufficient, and the signal's reason when it is aborted.
   */
  post(bars: readonly Bar[], replay: string): Promise<readonly Verdict[]>
  createReplay(replay: Omit<Replay, 'id' | CreatedField>): Promise<Replay>
  /** Changes a replay and returns it. With a revision, nothing changes unless the replay still has it. */
  changeReplay(id: string, change: ReplayChange, signal?: AbortSignal): Promise<Replay>
}

/** A change of a replay; what it leaves out stays. */
export type ReplayChange = Partial<Pick<Replay, 'state' | 'seek' | 'until' | 'at' | 'revision'>>

/** The settings of a client. */
export interface ClientParts {
  /** The server's address, without a slash at the end. */
  readonly url: string
  /** null if the server asks for none. */
  readonly apiKey: string | null
  readonly intervalMs: Ms
  readonly timer: Timer
  readonly signal: AbortSignal
  /** Called before every wait, with the reason. */
  onRetry(why: string, waitMs: number): void
}

const firstWaitMs = 100
const longestWaitMs = 2_000
const longestAskedWaitMs = 10_000
/** How often a request is sent to a server that answers 500, which does not pass by itself. */
const triesOfBroken = 3

/** Makes a client of one server, for one interval. */
export function makeClient({ url, apiKey, intervalMs, timer, signal, onRetry }: ClientParts): Client {
  const ask = makeAsk({ url, headers: keyHeader(apiKey) })
  const interval = formatInterval(intervalMs)

  function rowOf(bar: Bar) {
    const { market, open, high, low, close, volume } = bar
    return { date: isoDate(openOf(bar, intervalMs)), open, high, low, close, volume, market, interval }
  }

  async function untilAnswered<T>(call: () => Promise<T>, stop: AbortSignal): Promise<T> {
    let waitMs = firstWaitMs
    for (let tries = 1; ; tries++) {
      stop.throwIfAborted()
      try {
        return await call()
      } catch (error) {
        stop.throwIfAborted()
        refuseForGood(error)
        const why = reasonOf(error)
        const { status, retryAfterMs } = error instanceof ApiError ? error : { status: null, retryAfterMs: null }
        if (status === 500 && tries >= triesOfBroken) throw new Refused(why)
        const wait = retryAfterMs === null ? waitMs : Math.min(retryAfterMs, longestAskedWaitMs)
        onRetry(why, wait)
        await timer.sleep(wait, stop)
        waitMs = Math.min(longestWaitMs, waitMs * 2)
      }
    }
  }

  return {
    async post(bars, replay) {
      const rows = bars.map(rowOf)
      const body = rows.length === 1 && rows[0] ? rows[0] : rows
      const answer = await untilAnswered(
        () => ask('POST /predict_anomaly', { query: { replay }, body }, { signal }),
        signal,
      )
      return Array.isArray(answer) ? (answer as readonly Verdict[]) : [answer as Verdict]
    },
    createReplay: replay => untilAnswered(() => ask('POST /api/replays', { body: replay }, { signal }), signal),
    changeReplay: (id, change, stop = signal) =>
      untilAnswered(() => ask('PATCH /api/replays/:id', { params: { id }, body: change }, { signal: stop }), stop),
  }
}

/** Returns the header that shows the key to the server. */
export function keyHeader(apiKey: string | null): Readonly<Record<string, string>> {
  return apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }
}

/** Throws for an answer that stays the same however often the request is sent. */
function refuseForGood(error: unknown): void {
  if (!(error instanceof ApiError) || error.status === null) return
  const why = reasonOf(error)
  if (error.code === 'ERR_REPLAY_DISPLACED') throw new CandlewatchError('ERR_REPLAY_DISPLACED', error.message)
  if (error.status === 401 || error.status === 403) {
    // No row will be accepted, whatever it contains.
    const message = `The server refused the API key (${why}). Set API_KEY to a key of scope admin: npm run keys -- add --name simulator --scope admin`
    throw new CandlewatchError(error.status === 401 ? 'ERR_KEY_REQUIRED' : 'ERR_KEY_SCOPE', message)
  }
  if (error.status < 500 && error.status !== 429) throw new Refused(why)
}

function reasonOf(error: unknown): string {
  if (error instanceof ApiError && error.status !== null)
    return `${error.status} ${error.code === null ? error.message : `${error.code}: ${error.message}`}`
  return `the server does not answer (${causeOf(error)})`
}

/** Returns the innermost code or message: ECONNREFUSED rather than "fetch failed". */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? error.message : causeOf(error.cause)
}

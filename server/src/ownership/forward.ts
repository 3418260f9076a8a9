import { streamMoved } from '@candlewatch/adapters/stores/owners'
import { errorCodes } from '@candlewatch/api/values/errors'
import { CandlewatchError, type ErrorCode } from '@candlewatch/core/errors'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Verdict } from '@candlewatch/core/types'
import type { Corrected } from '../judging/correct.ts'
import type { TakenIn, Withdrawn } from '../judging/live.ts'
import type { MadeUp } from '../judging/made-up-bar.ts'
import type { Peer } from './membership.ts'
import { paths, type WireError } from './wire.ts'

/** Asks the owner of a stream. Throws what the owner throws, and ERR_STREAM_MOVED if it cannot be reached. */
export interface Forward {
  answer(peer: Peer, stream: Stream, bars: readonly Bar[], replay: string | null): Promise<readonly Verdict[]>
  correct(peer: Peer, stream: Stream, bar: Bar, reason: string): Promise<Corrected>
  withdraw(peer: Peer, stream: Stream, openMs: Ms, reason: string, at: Ms): Promise<Withdrawn>
  takeIn(peer: Peer, stream: Stream, bars: readonly Bar[], sinceTs: Ms): Promise<TakenIn>
  whatIf(peer: Peer, stream: Stream, numbers: MadeUp): Promise<Verdict>
  /** Makes the other servers read the budget and the settings in force. One that does not answer in a second receives a notice. */
  budget(peers: readonly Peer[]): Promise<void>
}

const budgetMs = 1_000

/** The part of fetch that is used. */
type Fetch = (address: string, init: RequestInit) => Promise<Response>

/** Makes the client of the other servers. */
export function makeForward(fetch: Fetch = globalThis.fetch): Forward {
  return {
    answer: (peer, stream, bars, replay) =>
      post<readonly Verdict[]>(peer, stream, paths.answer, { stream, bars, replay }),
    correct: (peer, stream, bar, reason) => post<Corrected>(peer, stream, paths.correct, { stream, bar, reason }),
    withdraw: (peer, stream, openMs, reason, at) =>
      post<Withdrawn>(peer, stream, paths.withdraw, { stream, openMs, reason, at }),
    takeIn: (peer, stream, bars, sinceTs) => post<TakenIn>(peer, stream, paths.takeIn, { stream, bars, sinceTs }),
    whatIf: (peer, stream, numbers) => post<Verdict>(peer, stream, paths.whatIf, { stream, numbers }),
    async budget(peers) {
      const late = AbortSignal.timeout(budgetMs)
      await Promise.allSettled(peers.map(peer => request(peer, paths.budget, {}, late)))
    },
  }

  async function post<Answer>(peer: Peer, stream: Stream, path: string, body: object): Promise<Answer> {
    if (peer.address === null) throw streamMoved(stream)
    try {
      const response = await request(peer, path, body, peer.gone)
      const answer: unknown = await response.json()
      if (response.ok) return answer as Answer
      throw errorOf(answer as WireError)
    } catch (error) {
      if (error instanceof CandlewatchError || error instanceof OwnerFailed) throw error
      // It does not answer, or another program answers at its address, or it lapsed meanwhile.
      throw streamMoved(stream, error)
    }
  }

  function request({ address, key }: Peer, path: string, body: object, signal: AbortSignal): Promise<Response> {
    return fetch(`${address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
      signal,
    })
  }
}

/** The owner failed in a way that its log explains. */
class OwnerFailed extends Error {}

function errorOf({ code, message, field, details }: WireError): Error {
  if (code === 'ERR_INTERNAL') return new OwnerFailed(`The owner of the market failed: ${message}`)
  if (!isCode(code)) return new Error(`Expected an answer of a server of this database, found: ${code}`)
  // A server that was restarted at the same address has another key.
  if (code === 'ERR_KEY_INVALID') return new Error(message)
  return new CandlewatchError(code, message, details === undefined ? { field } : { field, details })
}

const isCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(errorCodes, code)

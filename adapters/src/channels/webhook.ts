import { createHmac } from 'node:crypto'
import type { Clock } from '@candlewatch/core/clock'
import { isoDate } from '@candlewatch/core/interval'
import { secondMs } from '@candlewatch/core/time'
import { reasonOf } from '../system-error.ts'
import type { Channel, Delivery, DeliveryFault, Message } from './channel.ts'

/** The receiver of a webhook and how it is called. */
export interface WebhookOptions {
  /** An http or https address. */
  readonly url: string
  /** Signs every message if given: base64 with or without the prefix `whsec_`, of 24 to 64 bytes. */
  readonly secret?: string
  readonly clock: Clock
  /** How long to wait for an answer. Default 15 s, as the specification recommends. */
  readonly timeoutMs?: number
}

const maxAnswerBytes = 500

/**
 * Makes a channel that posts each message as JSON. The headers are those of Standard Webhooks 1.0, so that any of its
 * libraries can verify a message: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * Statuses 408, 429 and 5xx are worth a retry; other statuses but 2xx are final. Redirects are not followed: they would take
 * the message to an address that nobody chose. Throws a RangeError for an address or a secret that can't be used.
 *
 * @example
 * const channel = webhook({ url: 'https://example.com/hook', secret: 'whsec_…', clock })
 * const delivery = await channel.send(message, signal)
 * if (delivery.outcome === 'retry') later(message, delivery.retryAfterMs)
 */
export function webhook({ url, secret, clock, timeoutMs = 15 * secondMs }: WebhookOptions): Channel {
  const address = addressOf(url)
  const key = secret === undefined ? null : keyOf(secret)

  return {
    kind: 'webhook',
    async send(message, signal) {
      signal.throwIfAborted()
      const timeout = AbortSignal.timeout(timeoutMs)
      const body = bodyOf(message)
      try {
        const response = await fetch(address, {
          method: 'POST',
          headers: headersOf(message, body, Math.floor(clock.now() / secondMs), key),
          body,
          redirect: 'manual',
          signal: AbortSignal.any([signal, timeout]),
        })
        return deliveryOf(response, await startOf(response), clock)
      } catch (error) {
        signal.throwIfAborted()
        const fault: DeliveryFault = timeout.aborted
          ? { code: 'timeout', timeoutMs }
          : { code: 'unreachable', reason: reasonOf(error) }
        return { outcome: 'retry', fault, retryAfterMs: null }
      }
    },
  }
}

function bodyOf({ type, at, title, text, data }: Message): string {
  return JSON.stringify({ type, timestamp: isoDate(at), title, text, data })
}

function headersOf(message: Message, body: string, timestamp: number, key: Uint8Array | null): Record<string, string> {
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'candlewatch',
    'webhook-id': message.id,
    'webhook-timestamp': String(timestamp),
  }
  if (!key) return headers
  return { ...headers, 'webhook-signature': signatureOf(message.id, timestamp, body, key) }
}

/** Signs a body together with the message's id and the time of the attempt, in Unix seconds. */
export function signatureOf(id: string, timestamp: number, body: string, key: Uint8Array): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}

function deliveryOf({ ok, status, headers }: Response, answer: string, clock: Clock): Delivery {
  if (ok) return { outcome: 'delivered' }
  const fault: DeliveryFault = { code: 'status', status, answer }
  const isRetryable = status === 408 || status === 429 || status >= 500
  if (!isRetryable) return { outcome: 'refused', fault }
  return { outcome: 'retry', fault, retryAfterMs: waitOf(headers.get('retry-after'), clock) }
}

/** Reads Retry-After, which is a number of seconds or a date. */
function waitOf(header: string | null, clock: Clock): number | null {
  if (header === null) return null
  if (/^\d+$/.test(header)) return Number(header) * secondMs
  const date = /GMT$/.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(date) ? null : Math.max(0, date - clock.now())
}

/** Reads the start of a body and leaves the rest, which has no end on some servers. */
async function startOf({ body }: Response): Promise<string> {
  if (!body) return ''
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= maxAnswerBytes) break
  }
  return Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString('utf8')
}

function addressOf(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : null
  const found = address === null ? 'none' : `one of ${address.protocol}`
  if (!address || !['http:', 'https:'].includes(address.protocol)) {
    throw new RangeError(`Expected an http or https address for a webhook, found ${found}`)
  }
  // Fetch refuses an address with a user in it.
  if (address.username || address.password) {
    throw new RangeError('Expected an address for a webhook without a user and password in it.')
  }
  return address
}

function keyOf(secret: string): Uint8Array {
  const text = secret.replace(/^whsec_/, '')
  const key = Buffer.from(text, 'base64')
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text) && key.length >= 24 && key.length <= 64) return key
  throw new RangeError('Expected a webhook secret of 24 to 64 bytes as base64, found another text.')
}

import type { Ms } from '@candlewatch/core/types'

/** A message that a channel sends. */
export interface Message {
  /** The same in every attempt to send this message, so that the receiver can recognise a repetition. */
  readonly id: string
  /** The kind of event, such as `episode.opened`. */
  readonly type: string
  /** When it happened. */
  readonly at: Ms
  /** One line. */
  readonly title: string
  readonly text: string
  /** The facts behind the text, as JSON. */
  readonly data: Readonly<Record<string, unknown>>
}

/** Why an attempt did not deliver a message. */
export type DeliveryFault =
  /** The receiver answered with a status that says no. `answer` is the start of its body. */
  | { readonly code: 'status'; readonly status: number; readonly answer: string }
  /** No answer came in time. The receiver may have got the message. */
  | { readonly code: 'timeout'; readonly timeoutMs: number }
  /** No connection, or one that broke. `reason` is a system code such as ECONNREFUSED. */
  | { readonly code: 'unreachable'; readonly reason: string }

/** How one attempt to send a message ended. */
export type Delivery =
  | { readonly outcome: 'delivered' }
  /** A later attempt may succeed. `retryAfterMs` is how long the receiver asks to wait; null if it does not say. */
  | { readonly outcome: 'retry'; readonly fault: DeliveryFault; readonly retryAfterMs: number | null }
  /** The same message would be refused again. */
  | { readonly outcome: 'refused'; readonly fault: DeliveryFault }

/**
 * A way for messages to reach people or programs. Implementations pass contract/channel.suite.ts.
 */
export interface Channel {
  /** The kind of channel, such as `webhook`: for logs and metrics. */
  readonly kind: string
  /**
   * Makes one attempt to send a message; the caller decides about further ones. Faults are returned, never thrown, and
   * contain no secrets. Rejects only with the signal's reason when aborted.
   */
  send(message: Message, signal: AbortSignal): Promise<Delivery>
}

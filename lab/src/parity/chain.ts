import { createHash } from 'node:crypto'
import type { StoredVerdict } from '@candlewatch/adapters/stores/postgres/stored-verdict'
import type { Verdict } from '@candlewatch/core/types'

/** A SHA-256 over texts in their order: of each text together with the hash before it. */
export class Chain {
  #hash = ''

  add(text: string): void {
    this.#hash = createHash('sha256').update(this.#hash).update(text).digest('hex')
  }

  /** Hexadecimal; empty before the first text. */
  get hash(): string {
    return this.#hash
  }
}

/** A stored verdict as parity compares it. */
export interface Compared {
  readonly verdict: StoredVerdict
  /** Its JSON without any sentence. */
  readonly text: string
  /** The same of a verdict that was judged again: without its reasons where sentences were stored in their place. */
  textOf(judged: Verdict): string
}

/** `body` is the verdict's JSON as it is stored. */
export function compared(body: string): Compared {
  const { again, ...verdict } = JSON.parse(body) as StoredVerdict
  if (!('because' in verdict)) {
    // It tells why the bar was judged a second time, which does not follow from the bars.
    const text = again ? JSON.stringify(verdict) : body
    return { verdict, text, textOf: judged => JSON.stringify(judged) }
  }
  return { verdict, text: without(sentences, verdict), textOf: judged => without(reasons, judged) }
}

const sentences = ['because', 'evidence']
const reasons = ['reason']

function without(keys: readonly string[], value: unknown): string {
  return JSON.stringify(value, (key, part) => (keys.includes(key) ? undefined : part))
}

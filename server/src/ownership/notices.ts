import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NoticeStore } from '@candlewatch/adapters/stores/notices'
import type { EventData } from '@candlewatch/api/events'
import { type Stream, streamKey } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import type { Log } from '../platform/log.ts'

/** What a server sends the others of its database. Where it names something stored, the others read that. */
export interface Notices {
  /** Verdicts of a stream were committed: those after the position `afterSeq`, up to `seq`. `ts` is the newest bar's close, `nextOpen`
   * when the next one is expected to open. */
  readonly verdicts: {
    readonly stream: Stream
    readonly afterSeq: number
    readonly seq: number
    readonly ts: Ms
    readonly nextOpen: Ms | null
  }
  /** The newest bar of a stream was withdrawn. */
  readonly withdrawn: { readonly stream: Stream }
  /** A stream was archived or deleted. */
  readonly removed: { readonly stream: Stream }
  /** Another budget, or settings of a stream, were stored. */
  readonly budget: null
  /** Another version was made champion. */
  readonly model: null
  /** An incident of a profile was stored; `id` names both. */
  readonly told: { readonly id: string; readonly profile: string; readonly n: number; readonly at: Ms }
  /** A replay was stored. */
  readonly replay: { readonly id: string }
  /** An import made progress; that is not stored. */
  readonly import: EventData<'import'>
  /** The server that runs this import shall stop it. */
  readonly stopImport: { readonly id: string }
  /** A server has come or is about to go. */
  readonly servers: null
}

type Name = keyof Notices
type Handlers = { [N in Name]?: (notice: Notices[N]) => void }

/** Sends the other servers what has changed here, and receives what has changed there. */
export interface Exchange {
  /** Sends a notice soon. It never fails: it is sent again until the database takes it. */
  send<N extends Name>(name: N, notice: Notices[N]): void
  /** Sets what happens with the notices of other servers. */
  on<N extends Name>(name: N, handle: (notice: Notices[N]) => void): void
  /** Begins to listen. `missed` is called when notices may have been missed, also once at the beginning. */
  start(missed: () => void): void
  /** Sends what has not been sent, if the database takes it, and stops listening. */
  close(): Promise<void>
}

interface Sent {
  readonly from: string
  readonly name: Name
  readonly notice: Notices[Name]
}

const waitMs = 1_000
const maxAtOnce = 500
// Only an import with a long name and a long error could be longer; it is not shown elsewhere then.
const maxBytes = 7_000

/** Makes the exchange of a server with the others. */
export function makeExchange(store: NoticeStore, log: Log): Exchange {
  const from = randomUUID()
  const handlers: Handlers = {}
  // Of several notices about the same thing, the last is sent.
  const waiting = new Map<string, Pick<Sent, 'name' | 'notice'>>()
  let sending: Promise<void> | null = null
  let isClosing = false
  let stop = () => {}

  return {
    send(name, notice) {
      const key = keyOf(name, notice)
      waiting.set(key, { name, notice: joined(waiting.get(key)?.notice, notice) })
      sending ??= sendAll().finally(() => {
        sending = null
      })
    },
    on(name, handle) {
      handlers[name] = handle as Handlers[typeof name]
    },
    start(missed) {
      stop = store.listen({ received, missed })
    },
    async close() {
      isClosing = true
      // Others also learn of it by themselves: a database that says nothing more is not waited for.
      await Promise.race([sending, sleep(waitMs)])
      stop()
    },
  }

  async function sendAll(): Promise<void> {
    // Notices of this moment are sent together.
    await Promise.resolve()
    while (waiting.size > 0) {
      const some = [...waiting].slice(0, maxAtOnce)
      for (const [key] of some) waiting.delete(key)
      const texts = some.map(([, { name, notice }]) => JSON.stringify({ from, name, notice } satisfies Sent))
      try {
        await store.notify(texts.filter(text => Buffer.byteLength(text) <= maxBytes))
      } catch (err) {
        if (isClosing) return
        log.debug({ err }, 'notices could not be sent to other servers yet')
        for (const [key, { name, notice }] of some) {
          waiting.set(key, { name, notice: joined(notice, waiting.get(key)?.notice ?? notice) })
        }
        await sleep(waitMs)
      }
    }
  }

  function received(text: string): void {
    try {
      const sent = JSON.parse(text) as Sent
      if (sent.from === from) return
      const handle = handlers[sent.name] as ((notice: Notices[Name]) => void) | undefined
      handle?.(sent.notice)
    } catch (err) {
      log.error({ err, notice: text.slice(0, 200) }, 'a notice of another server was not understood')
    }
  }
}

/** What a notice is about. */
function keyOf<N extends Name>(name: N, notice: Notices[N]): string {
  if (notice === null) return name
  if ('stream' in notice) return `${name} ${streamKey(notice.stream)}`
  return `${name} ${notice.id}`
}

/** One notice in place of two about the same thing: it begins where the earlier one does. */
function joined<N extends Name>(earlier: Notices[Name] | undefined, later: Notices[N]): Notices[N] {
  if (!earlier || !later || !('afterSeq' in earlier) || !('afterSeq' in later)) return later
  return { ...later, afterSeq: earlier.afterSeq }
}

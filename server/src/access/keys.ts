import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { KeyRecord, KeyStore, Scope } from '@candlewatch/adapters/stores/keys'
import type { Clock } from '@candlewatch/core/clock'
import type { Ms } from '@candlewatch/core/types'

/** Who asks, as a key or a session proved it. */
export interface Caller {
  readonly keyId: string
  readonly name: string
  readonly scope: Scope
}

/** Tells callers by their keys. Rejects with ERR_DATABASE_UNREACHABLE: nobody is let in while it cannot be looked up. */
export interface Keys {
  /** Of a key's text; null when it is none, unknown, wrong or revoked, and nothing says which. */
  callerOf(text: string): Promise<Caller | null>
  /** A token for a browser's cookie, good for `lastsMs` or until its key is revoked. */
  openSession(caller: Caller): Promise<{ readonly token: string; readonly lastsMs: number }>
  callerOfSession(token: string): Promise<Caller | null>
  endSession(token: string): Promise<void>
}

const hourMs = 3_600_000
const sessionMs = 7 * 24 * hourMs
/** A key that was made or revoked elsewhere counts after this long: one small query a second at most. */
const freshMs = 1_000
const nobody = new Uint8Array(32)

export function makeKeys(store: KeyStore, clock: Clock): Keys {
  let read: Promise<ReadonlyMap<string, KeyRecord>> | null = null
  let readAt = 0

  function known(): Promise<ReadonlyMap<string, KeyRecord>> {
    const now = clock.now()
    if (read && now - readAt < freshMs) return read
    readAt = now
    read = store.keys().then(keys => new Map(keys.map(key => [key.id, key])))
    // A failure is for those who wait for it now; whoever comes next asks again.
    read.catch(() => {
      read = null
    })
    return read
  }

  async function callerOfKey(key: KeyRecord | undefined): Promise<Caller | null> {
    if (!key || key.revokedAt !== null) return null
    const now = clock.now()
    if (key.usedAt === null || now - key.usedAt >= hourMs) await store.markKeyUsed(key.id, now)
    return { keyId: key.id, name: key.name, scope: key.scope }
  }

  return {
    async callerOf(text) {
      const [, id = '', secret = ''] = keyText.exec(text) ?? []
      const key = (await known()).get(id)
      // Compared even when there is no such key, so that the time it takes tells nothing.
      return timingSafeEqual(hashOf(secret), key?.hash ?? nobody) ? callerOfKey(key) : null
    },
    async openSession({ keyId }) {
      const token = randomBytes(32).toString('hex')
      const now = clock.now()
      await store.addSession({ hash: hashOf(token), keyId, expiresAt: (now + sessionMs) as Ms }, now)
      return { token, lastsMs: sessionMs }
    },
    async callerOfSession(token) {
      const session = await store.session(hashOf(token))
      if (!session || session.expiresAt <= clock.now()) return null
      return callerOfKey((await known()).get(session.keyId))
    },
    endSession: token => store.endSession(hashOf(token)),
  }
}

/** `cw_<id>_<secret>`. */
const keyText = /^cw_([0-9a-f]{12})_([0-9a-f]{64})$/

/** A new key; its text exists nowhere else and cannot be had again. */
export function newKey(
  name: string,
  scope: Scope,
  createdAt: Ms,
): { readonly record: KeyRecord; readonly text: string } {
  const id = randomBytes(6).toString('hex')
  const secret = randomBytes(32).toString('hex')
  return {
    record: { id, name, scope, hash: hashOf(secret), createdAt, usedAt: null, revokedAt: null },
    text: `cw_${id}_${secret}`,
  }
}

/** One fast hash is right here: slow ones guard passwords that people choose, but 256 random bits cannot be guessed. */
function hashOf(secret: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(secret).digest())
}

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { KeyRecord, KeyStore, Scope } from '@candlewatch/adapters/stores/keys'
import type { Clock } from '@candlewatch/core/clock'
import type { Ms } from '@candlewatch/core/types'

/** A caller, identified by a key or a session. */
export interface Caller {
  readonly keyId: string
  readonly name: string
  readonly scope: Scope
}

/** Identifies callers by key or session. Rejects with ERR_DATABASE_UNREACHABLE: without the database nobody is let in. */
export interface Keys {
  /** The caller with this key; null if the text is no key, or the key is unknown, wrong or revoked. The answer does not say which. */
  callerOf(text: string): Promise<Caller | null>
  /** Opens a session and resolves to the token for a browser's cookie. It lasts `lastsMs`, or until its key is revoked. */
  openSession(caller: Caller): Promise<{ readonly token: string; readonly lastsMs: number }>
  callerOfSession(token: string): Promise<Caller | null>
  endSession(token: string): Promise<void>
}

const hourMs = 3_600_000
const sessionMs = 7 * 24 * hourMs
/** Keys added or revoked by another process are noticed after this time: at most one small query per second. */
const freshMs = 1_000
const nobody = new Uint8Array(32)

/** Makes the check of keys and sessions. */
export function makeKeys(store: KeyStore, clock: Clock): Keys {
  let read: Promise<ReadonlyMap<string, KeyRecord>> | null = null
  let readAt = 0

  function known(): Promise<ReadonlyMap<string, KeyRecord>> {
    const now = clock.now()
    if (read && now - readAt < freshMs) return read
    readAt = now
    read = store.keys().then(keys => new Map(keys.map(key => [key.id, key])))
    // Only the callers that wait now get the failure; the next one queries again.
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
      // Compared even if there is no such key, so that the response time reveals nothing.
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

/** The form of a key: `cw_<id>_<secret>`. */
const keyText = /^cw_([0-9a-f]{12})_([0-9a-f]{64})$/

/** Makes a new key. Only its hash is stored, so its text cannot be shown again. */
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

/** A fast hash is enough: slow ones protect passwords that people choose, but 256 random bits cannot be guessed. */
function hashOf(secret: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(secret).digest())
}

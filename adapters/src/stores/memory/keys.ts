import type { KeyRecord, KeyStore, SessionRecord } from '../keys.ts'

/** Keys and sessions in memory. */
export function memoryKeys(): KeyStore {
  const keys = new Map<string, KeyRecord>()
  const sessions = new Map<string, SessionRecord>()
  const textOf = (hash: Uint8Array) => hash.join(',')

  return {
    async addKey(key) {
      if (keys.has(key.id)) throw new Error(`There is a key ${key.id} already.`)
      keys.set(key.id, structuredClone(key))
    },
    async keys() {
      return structuredClone([...keys.values()])
    },
    async markKeyUsed(id, usedAt) {
      const key = keys.get(id)
      if (key) keys.set(id, { ...key, usedAt })
    },
    async revokeKey(id, at) {
      const key = keys.get(id)
      if (key) keys.set(id, { ...key, revokedAt: key.revokedAt ?? at })
      return key !== undefined
    },
    async addSession(session, now) {
      for (const [hash, { expiresAt }] of sessions) if (expiresAt <= now) sessions.delete(hash)
      sessions.set(textOf(session.hash), structuredClone(session))
    },
    async session(hash) {
      return structuredClone(sessions.get(textOf(hash)) ?? null)
    },
    async endSession(hash) {
      sessions.delete(textOf(hash))
    },
  }
}

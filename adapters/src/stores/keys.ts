import type { Ms } from '@candlewatch/core/types'

/** The permissions of a key; each includes those before it. */
export const scopes = ['read', 'ingest', 'admin'] as const
/** The permission of one key. */
export type Scope = (typeof scopes)[number]

/** A stored API key. Its secret is not stored. */
export interface KeyRecord {
  readonly id: string
  /** As given by the person who made the key. */
  readonly name: string
  readonly scope: Scope
  /** SHA-256 of the secret. */
  readonly hash: Uint8Array
  readonly createdAt: Ms
  /** To the hour; null = never used. */
  readonly usedAt: Ms | null
  readonly revokedAt: Ms | null
}

/** A browser that signed in with a key. */
export interface SessionRecord {
  /** SHA-256 of the token in its cookie. */
  readonly hash: Uint8Array
  readonly keyId: string
  readonly expiresAt: Ms
}

/** API keys and the browser sessions that were opened with them. */
export interface KeyStore {
  addKey(key: KeyRecord): Promise<void>
  /** Returns all keys, revoked ones included, oldest first. */
  keys(): Promise<readonly KeyRecord[]>
  markKeyUsed(id: string, at: Ms): Promise<void>
  /** Returns false if there is no such key. A key that is revoked already keeps its date. */
  revokeKey(id: string, at: Ms): Promise<boolean>
  /** Also deletes the sessions that expired by `now`. */
  addSession(session: SessionRecord, now: Ms): Promise<void>
  session(hash: Uint8Array): Promise<SessionRecord | null>
  endSession(hash: Uint8Array): Promise<void>
}

import type { Ms } from '@candlewatch/core/types'

/** What a key may do; each includes those before it. */
export const scopes = ['read', 'ingest', 'admin'] as const
export type Scope = (typeof scopes)[number]

/** An API key as it is stored: its secret is nowhere. */
export interface KeyRecord {
  readonly id: string
  /** In the words of whoever made it. */
  readonly name: string
  readonly scope: Scope
  /** SHA-256 of the secret. */
  readonly hash: Uint8Array
  readonly createdAt: Ms
  /** To the hour; null = never. */
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

/** The part of the store that is about keys. */
export interface KeyStore {
  addKey(key: KeyRecord): Promise<void>
  /** Revoked ones too, oldest first. */
  keys(): Promise<readonly KeyRecord[]>
  markKeyUsed(id: string, at: Ms): Promise<void>
  /** False when there is no such key. One that is revoked already keeps its date. */
  revokeKey(id: string, at: Ms): Promise<boolean>
  /** Also forgets the sessions that were over by `now`. */
  addSession(session: SessionRecord, now: Ms): Promise<void>
  session(hash: Uint8Array): Promise<SessionRecord | null>
  endSession(hash: Uint8Array): Promise<void>
}

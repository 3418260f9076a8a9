import type { Ms } from '@candlewatch/core/types'
import type { KeyStore, Scope } from '../keys.ts'
import type { Connections } from './connection.ts'
import { timestamp } from './rows.ts'

/** The API keys and browser sessions in PostgreSQL. */
export function postgresKeys({ query }: Connections): KeyStore {
  return {
    async addKey({ id, name, scope, hash, createdAt, usedAt, revokedAt }) {
      const dates = [createdAt, usedAt, revokedAt].map(at => at && timestamp(at))
      await query('insert into api_keys values ($1, $2, $3, $4, $5, $6, $7)', [id, name, scope, hash, ...dates])
    },

    async keys() {
      return (await query<KeyRow>('select * from api_keys order by created_at, id')).map(row => ({
        id: row.id,
        name: row.name,
        scope: row.scope,
        hash: new Uint8Array(row.hash),
        createdAt: msOf(row.created_at),
        usedAt: msOf(row.used_at),
        revokedAt: msOf(row.revoked_at),
      }))
    },

    async markKeyUsed(id, at) {
      await query('update api_keys set used_at = $2 where id = $1', [id, timestamp(at)])
    },

    async revokeKey(id, at) {
      const text = 'update api_keys set revoked_at = coalesce(revoked_at, $2) where id = $1 returning id'
      return (await query(text, [id, timestamp(at)])).length > 0
    },

    async addSession({ hash, keyId, expiresAt }, now) {
      await query('delete from api_sessions where expires_at <= $1', [timestamp(now)])
      await query('insert into api_sessions values ($1, $2, $3)', [hash, keyId, timestamp(expiresAt)])
    },

    async session(hash) {
      const [row] = await query<SessionRow>('select key_id, expires_at from api_sessions where hash = $1', [hash])
      return row ? { hash, keyId: row.key_id, expiresAt: msOf(row.expires_at) } : null
    },

    async endSession(hash) {
      await query('delete from api_sessions where hash = $1', [hash])
    },
  }
}

interface KeyRow {
  readonly id: string
  readonly name: string
  readonly scope: Scope
  readonly hash: Buffer
  readonly created_at: Date
  readonly used_at: Date | null
  readonly revoked_at: Date | null
}

interface SessionRow {
  readonly key_id: string
  readonly expires_at: Date
}

function msOf<T extends Date | null>(date: T): T extends Date ? Ms : Ms | null
function msOf(date: Date | null): Ms | null {
  return date ? (date.getTime() as Ms) : null
}

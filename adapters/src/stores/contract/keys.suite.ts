import type { Ms } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import type { KeyRecord } from '../keys.ts'
import type { Store } from '../store.ts'

let made = 0
const at = (ms: number) => (1_600_000_000_000 + ms) as Ms
const aKey = (change: Partial<KeyRecord> = {}): KeyRecord => ({
  id: `key-${++made}`,
  name: 'feed',
  scope: 'ingest',
  hash: new Uint8Array(32).fill(made),
  createdAt: at(made),
  usedAt: null,
  revokedAt: null,
  ...change,
})

/** Tests of keys that every store passes. */
export function keyContract(storeOf: () => Store): void {
  const found = async (id: string) => (await storeOf().keys()).find(key => key.id === id)

  describe('keys', () => {
    test('are read as they were written, oldest first, whatever their names are', async () => {
      const given = [aKey(), aKey({ name: `'); drop table api_keys; -- "\\`, scope: 'read', usedAt: at(7) })]
      for (const key of given) await storeOf().addKey(key)
      expect((await storeOf().keys()).slice(-2)).toEqual(given)
      await expect(storeOf().addKey(given[0]!)).rejects.toThrow()
    })

    test('remember when they were used', async () => {
      const key = aKey()
      await storeOf().addKey(key)
      await storeOf().markKeyUsed(key.id, at(9))
      expect(await found(key.id)).toEqual({ ...key, usedAt: at(9) })
    })

    test('are still listed when revoked, with the first date; an unknown one is reported', async () => {
      const key = aKey()
      await storeOf().addKey(key)
      expect(await storeOf().revokeKey(key.id, at(5))).toBe(true)
      expect(await storeOf().revokeKey(key.id, at(6))).toBe(true)
      expect(await found(key.id)).toEqual({ ...key, revokedAt: at(5) })
      expect(await storeOf().revokeKey("' or true; --", at(5))).toBe(false)
    })
  })

  describe('sessions', () => {
    test('are found by their hash until they end; expired ones are deleted when another one is added', async () => {
      const key = aKey()
      await storeOf().addKey(key)
      const [short, long, next] = [3, 30, 40].map(ms => ({
        hash: new Uint8Array(32).fill(ms),
        keyId: key.id,
        expiresAt: at(ms),
      }))
      await storeOf().addSession(short!, at(0))
      await storeOf().addSession(long!, at(1))
      expect(await storeOf().session(short!.hash)).toEqual(short)
      await storeOf().addSession(next!, at(3))
      expect(await storeOf().session(short!.hash)).toBeNull()
      expect(await storeOf().session(long!.hash)).toEqual(long)
      await storeOf().endSession(long!.hash)
      expect(await storeOf().session(long!.hash)).toBeNull()
    })
  })
}

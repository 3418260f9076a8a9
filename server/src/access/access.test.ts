import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { readEnv } from '../platform/env.ts'
import { makeAccess } from './access.ts'
import { newKey } from './keys.ts'

const clock = { now: () => 0 as Ms }

async function accessWith(env: Record<string, string>, keys = 1) {
  const store = memoryStore()
  for (let i = 0; i < keys; i++) await store.addKey(newKey('me', 'admin', 0 as Ms).record)
  return { store, access: makeAccess(readEnv(env), store, clock) }
}

test('by default the server listens on the loopback only, without keys and limits, and the log says so', async () => {
  const access = await (await accessWith({}, 0)).access
  expect(access).toMatchObject({ keys: null, corsOrigins: [], summary: 'loopback only, no API key required' })
  expect(Object.values(access.limits)).toEqual([0, 0, 0, 0])
})

test.each([
  [{ HOST: '0.0.0.0' }, 'HOST is 0.0.0.0'],
  [{ HOST: '::' }, 'HOST is ::'],
  [{ HOST: '192.168.1.7' }, 'HOST is 192.168.1.7'],
  [{ HOST: 'candlewatch.internal' }, 'HOST is candlewatch.internal'],
  [{ HOST: '0.0.0.0', REQUIRE_KEYS: 'false' }, 'HOST is 0.0.0.0'],
  [{ REQUIRE_KEYS: 'true' }, 'REQUIRE_KEYS is true'],
  [{ TRUST_PROXY: '127.0.0.1' }, 'TRUST_PROXY is set'],
])(
  'with %j keys are required; without one the server does not start and names the command that makes one',
  async (env, why) => {
    const access = await (await accessWith(env)).access
    expect(access.keys).not.toBeNull()
    expect(access.summary).toContain(why)
    expect(Object.values(access.limits).every(limit => limit > 0)).toBe(true)
    const refused = (await accessWith(env, 0)).access
    await expect(refused).rejects.toMatchObject({ code: 'ERR_KEYS_NONE' })
    await expect(refused).rejects.toThrow(new RegExp(`${why}.*npm run keys -- add`))
  },
)

test('a revoked key does not count as a key', async () => {
  const { store } = await accessWith({}, 1)
  for (const { id } of await store.keys()) await store.revokeKey(id, 1 as Ms)
  await expect(makeAccess(readEnv({ REQUIRE_KEYS: 'true' }), store, clock)).rejects.toMatchObject({
    code: 'ERR_KEYS_NONE',
  })
})

test('limits apply as they are set, on a loopback too; 0 means no limit', async () => {
  const set = { RATE_LIMIT_PER_KEY: '5', RATE_LIMIT_PER_ADDRESS: '0', STREAMS_PER_ADDRESS: '2' }
  expect((await (await accessWith({ ...set, REQUIRE_KEYS: 'true' })).access).limits).toEqual({
    perKey: 5,
    perAddress: 0,
    failedLogins: 10,
    streams: 2,
  })
  expect((await (await accessWith(set)).access).limits).toMatchObject({ perKey: 5, streams: 2, failedLogins: 0 })
})

test.each([
  ['2', 2],
  ['127.0.0.1', ['127.0.0.1']],
  ['10.0.0.0/8, fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
])('TRUST_PROXY=%s is accepted', (TRUST_PROXY, taken) => {
  expect(readEnv({ TRUST_PROXY }).TRUST_PROXY).toEqual(taken)
})

test.each(['true', '0', '*', '0.0.0.0/0', '::/0', '10.0.0.0/33', 'proxy', '127.0.0.1,'])(
  'TRUST_PROXY=%s is refused, because it would trust everyone or nobody',
  TRUST_PROXY => {
    expect(() => readEnv({ TRUST_PROXY })).toThrow(/TRUST_PROXY: expected the number of proxies/)
  },
)

test.each(['*', 'null', 'charts.example', 'https://charts.example/', 'https://a.example,https://*.example'])(
  'CORS_ORIGINS=%s is refused, because each origin must be named in full',
  CORS_ORIGINS => {
    expect(() => readEnv({ CORS_ORIGINS })).toThrow(/CORS_ORIGINS: expected origins/)
  },
)

import type { Scope } from '@candlewatch/adapters/stores/keys'
import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { nowMs, serving } from '../serving.suite.ts'
import type { Access } from './access.ts'
import { makeKeys, newKey } from './keys.ts'

const unlimited = { perKey: 0, perAddress: 0, failedLogins: 0, streams: 0 }

/** A server that asks for keys, and one key of each scope. `ask` shows the one it is given, or any other headers. */
export async function keyed(
  options: Partial<Omit<Access, 'keys' | 'limits'>> & { limits?: Partial<Access['limits']> } = {},
) {
  const store = memoryStore()
  const clock = { now: () => nowMs }
  const texts = {} as Record<Scope, string>
  for (const scope of ['read', 'ingest', 'admin'] as const) {
    const { record, text } = newKey(`the ${scope} key`, scope, nowMs)
    await store.addKey(record)
    texts[scope] = text
  }
  const keys = makeKeys(store, { now: () => clock.now() })
  const limits = { ...unlimited, ...options.limits }
  const server = await serving({ store, access: { ...options, keys, limits } })
  clock.now = () => server.nowMs.value
  const ask = (
    method: string,
    path: string,
    key: Scope | string | null,
    body?: unknown,
    headers: Record<string, string> = {},
  ) =>
    fetch(`${server.url}${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${texts[key as Scope] ?? key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  /** The cookie of a browser that signed in, as it sends it back. */
  const signIn = async (scope: Scope) => {
    const response = await ask('POST', '/api/session', null, { key: texts[scope] })
    return { response, cookie: response.headers.get('set-cookie')!.split(';')[0]! }
  }
  return { ...server, texts, ask, signIn }
}

import { expect, test } from 'vitest'
import { newKey } from '../access/keys.ts'
import { makeLog } from './log.ts'

function logged(write: (log: ReturnType<typeof makeLog>) => void): string {
  const lines: string[] = []
  write(makeLog('trace', { write: line => void lines.push(line) }))
  return lines.join('')
}

test('a key, a session or a password is redacted wherever it occurs, and the rest is readable', () => {
  const key = newKey('me', 'admin', 0 as never).text
  const secret = key.split('_')[2]!
  const session = 'f0'.repeat(32)
  const address = 'postgres://me:hunt/er@2@db.internal:5432/x'
  const text = logged(log => {
    log.info({ headers: { authorization: `Bearer ${key}`, cookie: `cw_session=${session}` } }, 'request')
    log.info({ authorization: key, request: { headers: { cookie: session } }, key: secret }, `asked with ${key}`)
    log.error({ err: new Error(`no answer from ${address}`, { cause: new Error(key) }) }, address)
    log.warn({ url: `/api/bars?key=${key}` }, `cw_session=${session}; path=/`)
  })
  for (const hidden of [secret, session, 'hunt', 'er@2']) expect(text).not.toContain(hidden)
  expect(text).toContain('db.internal:5432/x')
  expect(
    text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).level),
  ).toEqual(['info', 'info', 'error', 'warn'])
})

import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { makeKeys, newKey } from './keys.ts'
import { keysCommand } from './keys-command.ts'

const dayMs = 86_400_000
async function keysAt(value = 0) {
  const store = memoryStore()
  const now = { value }
  const keys = makeKeys(store, { now: () => now.value as Ms })
  const add = async (scope: 'read' | 'ingest' | 'admin' = 'read') => {
    const made = newKey('feed', scope, now.value as Ms)
    await store.addKey(made.record)
    return made
  }
  return { store, now, keys, add }
}

test('the stored form of a key does not contain its secret', () => {
  const { record, text } = newKey('feed', 'read', 0 as Ms)
  const secret = text.split('_')[2]!
  expect(secret).toMatch(/^[0-9a-f]{64}$/)
  expect(JSON.stringify(record)).not.toContain(secret)
  expect(Buffer.from(record.hash).toString('hex')).not.toContain(secret)
})

test('a key is recognized only by its whole text', async () => {
  const { keys, add } = await keysAt()
  const [{ record, text }, other] = [await add('ingest'), await add()]
  expect(await keys.callerOf(text)).toEqual({ keyId: record.id, name: 'feed', scope: 'ingest' })
  const wrong = [
    ...['', 'cw_', text.slice(0, -1), `${text}0`, text.toUpperCase(), `${text}\n`, `cw_${record.id}_${'0'.repeat(64)}`],
    `cw_${record.id}_${other.text.split('_')[2]}`,
    `cw_${'0'.repeat(12)}_${text.split('_')[2]}`,
    `cw___proto___${'0'.repeat(64)}`,
  ]
  for (const one of wrong) expect(await keys.callerOf(one), one).toBeNull()
})

test('a key that was made or revoked by another process takes effect after a second', async () => {
  const { keys, add, now, store } = await keysAt()
  await keys.callerOf('')
  const { record, text } = await add()
  now.value += 1_000
  expect(await keys.callerOf(text)).not.toBeNull()
  await store.revokeKey(record.id, now.value as Ms)
  now.value += 1_000
  expect(await keys.callerOf(text)).toBeNull()
})

test('the last use of a key is stored to the hour, not at every request', async () => {
  const { keys, add, now, store } = await keysAt()
  const { text } = await add()
  const used: number[] = []
  const { markKeyUsed } = store
  store.markKeyUsed = (id, at) => {
    used.push(at)
    return markKeyUsed(id, at)
  }
  for (let minute = 0; minute <= 150; minute += 10) {
    now.value = minute * 60_000
    await keys.callerOf(text)
  }
  expect(used).toEqual([0, 3_600_000, 7_200_000])
})

test('while the database fails nobody is let in, and it is queried again', async () => {
  const { keys, add, store } = await keysAt()
  const { text } = await add()
  const { keys: list } = store
  store.keys = () => Promise.reject(new Error('gone'))
  await expect(keys.callerOf(text)).rejects.toThrow('gone')
  store.keys = list
  expect(await keys.callerOf(text)).not.toBeNull()
})

test('a session lasts a week, until it is signed out, or until its key is revoked', async () => {
  const { keys, add, now, store } = await keysAt()
  const { record, text } = await add('admin')
  const caller = (await keys.callerOf(text))!
  const [first, second, third] = await Promise.all([1, 2, 3].map(async () => (await keys.openSession(caller)).token))
  expect(await keys.callerOfSession(first!)).toEqual(caller)
  expect(await keys.callerOfSession(text.split('_')[2]!)).toBeNull()
  await keys.endSession(first!)
  expect(await keys.callerOfSession(first!)).toBeNull()
  now.value += 7 * dayMs - 1
  expect(await keys.callerOfSession(second!)).toEqual(caller)
  await store.revokeKey(record.id, now.value as Ms)
  now.value += 1_000
  for (const token of [second!, third!]) expect(await keys.callerOfSession(token)).toBeNull()
})

test('npm run keys adds a key and shows its secret once, lists keys without it, and revokes them', async () => {
  const store = memoryStore()
  const run = (...argv: string[]) => keysCommand(argv, async () => store, 0 as Ms)
  expect(await run('list')).toMatch(/^No keys yet/)
  const text = /^cw_\w+/.exec(await run('add', '--name', 'the feed', '--scope', 'ingest'))![0]
  const id = text.split('_')[1]!
  expect(await makeKeys(store, { now: () => 0 as Ms }).callerOf(text)).toMatchObject({ scope: 'ingest' })
  expect(await run('list')).toMatch(new RegExp(`^${id}  ingest  1970-01-01  used .*  the feed$`))
  expect(await run('list')).not.toContain(text.split('_')[2])
  await run('revoke', id)
  expect(await run('list')).toMatch(/revoked 1970-01-01/)
  await expect(run('revoke', 'nobody')).rejects.toMatchObject({ code: 'ERR_KEY_UNKNOWN' })
})

test.each([
  [],
  ['add'],
  ['add', '--name', 'x', '--scope', 'root'],
  ['add', '--scope', 'read'],
  ['add', '--name', 'x\u001b[2J', '--scope', 'read'],
  ['add', '--name', 'half of \ud83d', '--scope', 'read'],
  ['add', '--name', 'x', '--scope', 'read', '--expires', '1d'],
  ['revoke'],
])('npm run keys %s %s %s %s is refused with the usage', async (...argv) => {
  const given = argv.filter(one => one !== undefined)
  const run = keysCommand(given, () => Promise.reject(new Error('must not be opened')), 0 as Ms)
  await expect(run).rejects.toMatchObject({
    code: 'ERR_OPTION_INVALID',
    message: expect.stringContaining('npm run keys'),
  })
})

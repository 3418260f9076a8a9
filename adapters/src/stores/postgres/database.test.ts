import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase, requireMigrations } from './database.ts'
import { migrationNames } from './migrate.ts'
import { sql, testServer } from './server.suite.ts'

const server = testServer()
let closers: (() => Promise<void>)[]

beforeEach(() => {
  closers = []
})

afterEach(async () => {
  for (const close of closers) await close()
})

test('a database at an address is migrated, served and left running', async () => {
  const url = await server.newDatabase()
  const database = await openDatabase({ url, dataDir: '/nowhere' })
  closers.push(database.close)
  expect(database).toMatchObject({ url, privateVersion: null, name: 'PostgreSQL at DATABASE_URL' })
  expect(await database.store.streams()).toEqual([])
  await database.migrated()
  await sql(url, `delete from migrations where name = '0014_drop_forecasts'`)
  await expect(database.migrated()).rejects.toMatchObject({ code: 'ERR_DATABASE_MIGRATIONS' })
  await database.close()
  expect(await sql(url, 'select 1 as n')).toEqual([{ n: 1 }])
})

test('without an address the private PostgreSQL is started or joined', async () => {
  const database = await openDatabase({ url: undefined, dataDir: server.dataDir(), connections: 5 })
  closers.push(database.close)
  expect(database.url).toBe(server.url())
  expect(database.privateVersion).toMatch(/^\d+/)
  expect(database.name).toBe(`private PostgreSQL ${database.privateVersion}`)
  expect(database.store.pool.max).toBe(5)
})

test('a database that lacks a migration is not ready, and the error names the migration', async () => {
  const names = await migrationNames()
  expect(names[0]).toBe('0001_first_tables')
  await requireMigrations({ appliedMigrations: async () => names })
  await expect(requireMigrations({ appliedMigrations: async () => names.slice(0, -1) })).rejects.toMatchObject({
    code: 'ERR_DATABASE_MIGRATIONS',
    message: expect.stringContaining(String(names.at(-1))),
  })
})

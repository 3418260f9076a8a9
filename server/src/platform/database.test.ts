import { migrationNames } from '@candlewatch/adapters/stores/postgres/migrate'
import { expect, test } from 'vitest'
import { requireMigrations } from './database.ts'

test('a database that lacks a migration is not ready, and the migration is named', async () => {
  const names = await migrationNames()
  expect(names[0]).toBe('0001_first_tables')
  await requireMigrations({ appliedMigrations: async () => names })
  await expect(requireMigrations({ appliedMigrations: async () => names.slice(0, -1) })).rejects.toMatchObject({
    code: 'ERR_DATABASE_MIGRATIONS',
    message: expect.stringContaining(names.at(-1)!),
  })
})

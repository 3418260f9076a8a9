import type { Import } from '@candlewatch/api/imports'
import { msOf } from '@candlewatch/core/time'
import type { ImportStore, StoredImport } from '../imports.ts'
import type { Connections } from './connection.ts'

/** The imports in PostgreSQL. */
export function postgresImports({ query }: Connections): ImportStore {
  return {
    async saveImport(job, epoch) {
      await query(upsertImport, [job.id, epoch, JSON.stringify(job)])
    },
    async imports(limit) {
      return (await query<ImportRow>(`${selectImports} order by number desc limit $1`, [limit])).map(storedImportOf)
    },
    async import(id) {
      const [row] = await query<ImportRow>(`${selectImports} where id = $1`, [id])
      return row ? storedImportOf(row) : null
    },
  }
}

interface ImportRow {
  readonly body: Import
  readonly is_held: boolean
  readonly changed_at: Date
}

const storedImportOf = ({ body, is_held, changed_at }: ImportRow): StoredImport => ({
  job: body,
  isHeld: is_held,
  changedAt: msOf(changed_at),
})

const upsertImport = `
  with old as (delete from imports where number <= (select max(number) - 100 from imports))
  insert into imports (id, epoch, body) values ($1, $2, $3)
  on conflict (id) do update set epoch = excluded.epoch, body = excluded.body, changed_at = now()`

const selectImports = 'select body, is_valid_process(epoch) as is_held, changed_at from imports'

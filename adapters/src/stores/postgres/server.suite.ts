import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { type Embedded, startEmbedded } from '../embedded/embedded.ts'
import { migrationNames, migrationsFolder } from './migrate.ts'

export interface TestServer {
  /** The address of the server's first database. */
  url(): string
  dataDir(): string
  /** Makes a database of its own and returns its address. */
  newDatabase(): Promise<string>
}

/** Starts a private PostgreSQL for the tests of a file and stops it after the last one. */
export function testServer(): TestServer {
  let folder: string
  let server: Embedded
  let databases = 0
  const dataDir = () => join(folder, 'db')

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'candlewatch-test-'))
    await chmod(folder, 0o755)
    server = await startEmbedded({ dataDir: dataDir() })
  }, 60_000)

  afterAll(async () => {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  return {
    url: () => server.url,
    dataDir,
    async newDatabase() {
      const name = `test${++databases}`
      await sql(server.url, `create database ${name}`)
      return server.url.replace(/\/\w+$/, `/${name}`)
    },
  }
}

/** Runs SQL on a connection of its own, past the store. */
export async function sql<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client(url)
  await client.connect()
  return client
    .query<Row>(text)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

/** Runs the migrations before `name`, so that the database is as an older version of the program left it. */
export async function migrateBefore(url: string, name: string): Promise<void> {
  const early = (await migrationNames()).filter(one => one < name)
  for (const one of early) await sql(url, await readFile(join(migrationsFolder, `${one}.sql`), 'utf8'))
  await sql(
    url,
    `create table migrations (id serial primary key, name varchar(255) not null, run_on timestamp not null);
    insert into migrations (name, run_on) select unnest('{${early}}'::text[]), now()`,
  )
}

/** Returns the calendar years for which a table has a partition, oldest first. */
export async function yearsOf(url: string, table: string): Promise<number[]> {
  const found = await sql<{ name: string }>(
    url,
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = '${table}'::regclass`,
  )
  return found.map(({ name }) => Number(name.replace(`${table}_`, ''))).sort((a, b) => a - b)
}

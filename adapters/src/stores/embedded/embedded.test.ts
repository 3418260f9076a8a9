import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Embedded, startEmbedded } from './embedded.ts'

const isRoot = process.getuid?.() === 0
const nobody = 65534
const repository = fileURLToPath(new URL('../../../..', import.meta.url))

let folder: string
/** startEmbedded as one file of JavaScript, so that other processes can run it. */
let bundle: string
const started: Embedded[] = []
const children: ChildProcess[] = []
const leftovers: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlewatch-embedded-'))
  await chmod(folder, 0o755)
  bundle = await bundleInto(folder)
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await Promise.all(started.splice(0).map(server => server.stop()))
})

afterAll(async () => {
  for (const path of [folder, ...leftovers]) await rm(path, { recursive: true, force: true })
})

async function bundleInto(target: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions: ['source'] },
    ssr: { resolve: { conditions: ['source', 'node'] }, noExternal: ['@candlewatch/core'] },
    build: {
      ssr: fileURLToPath(new URL('embedded.ts', import.meta.url)),
      outDir: target,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'embedded.mjs' } },
    },
  })
  await symlink(join(repository, 'node_modules'), join(target, 'node_modules'))
  return join(target, 'embedded.mjs')
}

async function start(dataDir: string): Promise<Embedded> {
  const server = await startEmbedded({ dataDir })
  started.push(server)
  return server
}

/** Another process that starts it, prints its url, and stops it when its input ends. */
async function startInChild(dataDir: string, options: { uid?: number; gid?: number } = {}) {
  const script = `
    import { startEmbedded } from ${JSON.stringify(bundle)}
    const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} })
    process.on('SIGINT', () => {})
    process.stdin.on('end', () => server.stop().then(() => process.exit())).resume()
    console.log(server.url)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: '/',
    detached: true,
    ...options,
  })
  children.push(child)
  let said = ''
  child.stderr.on('data', text => {
    said += text
  })
  const url = await Promise.race([
    once(child.stdout, 'data').then(([text]) => String(text).trim()),
    once(child, 'exit').then(() => Promise.reject(new Error(said))),
  ])
  const end = async () => {
    child.stdin.end()
    await once(child, 'exit')
  }
  return { child, url, end }
}

async function kill({ child }: { child: ChildProcess }): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** The last statement's values. */
async function sql(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    let values: unknown[] = []
    for (const text of statements) values = (await client.query({ text, rowMode: 'array' })).rows.flat()
    return values
  } finally {
    await client.end()
  }
}

async function postmasterPid(dataDir: string): Promise<number | null> {
  const text = await readFile(join(dataDir, 'data', 'postmaster.pid'), 'utf8').catch(() => null)
  return text === null ? null : Number.parseInt(text, 10)
}

describe('a private PostgreSQL', () => {
  test('starts, stops, and starts again with the data that was written', async () => {
    const dataDir = join(folder, 'again')
    const first = await start(dataDir)
    expect(Number.parseInt(first.version, 10)).toBeGreaterThanOrEqual(15)
    await sql(first.url, 'create table kept (n int)', 'insert into kept values (7)')
    await Promise.all([first.stop(), first.stop()])
    await expect(sql(first.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(await postmasterPid(dataDir)).toBeNull()
    const second = await start(dataDir)
    expect(await sql(second.url, 'select n from kept')).toEqual([7])
  })

  test('keeps other local users out, and keeps its data through a power cut', async () => {
    const { url } = await start(join(folder, 'again'))
    const wrong = new URL(url)
    wrong.password = ''
    await expect(sql(wrong.href, 'select 1')).rejects.toThrow()
    expect((await stat(join(folder, 'again', 'password'))).mode & 0o777).toBe(0o600)
    const settings = [
      'listen_addresses',
      'fsync',
      'synchronous_commit',
      'full_page_writes',
      'timezone',
      'server_encoding',
    ]
    const values = await Promise.all(settings.map(name => sql(url, `show ${name}`)))
    expect(values.flat()).toEqual(['127.0.0.1', 'on', 'on', 'on', 'UTC', 'UTF8'])
  })

  test('outlives a killed process: the next one joins it, and stops it', async () => {
    const dataDir = join(folder, 'killed')
    const first = await startInChild(dataDir)
    const pid = await postmasterPid(dataDir)
    await kill(first)
    const second = await start(dataDir)
    expect(second.url).toBe(first.url)
    expect(await postmasterPid(dataDir)).toBe(pid)
    await second.stop()
    expect(await postmasterPid(dataDir)).toBeNull()
  })

  test('starts again after it was killed and left all its files behind', async () => {
    const dataDir = join(folder, 'killed')
    const first = await start(dataDir)
    await sql(first.url, 'create table committed (n int)')
    process.kill((await postmasterPid(dataDir))!, 'SIGKILL')
    const second = await start(dataDir)
    expect(await sql(second.url, 'select count(*)::int from committed')).toEqual([0])
    expect(second.url).toBe(first.url)
  })

  test('is available again at the same address, with what was committed, after it was killed while in use', async () => {
    const dataDir = join(folder, 'killed')
    const { url, stop } = await start(dataDir)
    await sql(url, 'create table kept (n int)')
    const pid = (await postmasterPid(dataDir))!
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => sql(url, 'select count(*)::int from kept').catch(() => null)).toEqual([0])
    expect(await postmasterPid(dataDir)).not.toBe(pid)
    await stop()
    expect(await postmasterPid(dataDir)).toBeNull()
  })

  test('ignores a pid file whose number belongs to another program now', async () => {
    const dataDir = join(folder, 'killed')
    const first = await start(dataDir)
    const file = join(dataDir, 'data', 'postmaster.pid')
    const lines = (await readFile(file, 'utf8')).split('\n')
    await first.stop()
    await writeFile(file, [process.pid, ...lines.slice(1)].join('\n'))
    const { url } = await start(dataDir)
    expect(await sql(url, 'select 1')).toEqual([1])
  })

  test('is one server for processes that start at once on an empty folder; the last to leave stops it', async () => {
    const dataDir = join(folder, 'together')
    const [one, two, here] = await Promise.all([startInChild(dataDir), startInChild(dataDir), start(dataDir)])
    expect(new Set([one.url, two.url, here.url]).size).toBe(1)
    await Promise.all([one.end(), here.stop()])
    expect(await sql(two.url, 'select 1')).toEqual([1])
    await two.end()
    expect(await postmasterPid(dataDir)).toBeNull()
  })

  test('is not stopped by Ctrl-C, which goes to a whole process group', async () => {
    const dataDir = join(folder, 'together')
    const starter = await startInChild(dataDir)
    process.kill(-starter.child.pid!, 'SIGINT')
    expect(await sql(starter.url, 'select 1')).toEqual([1])
    await starter.end()
    expect(await postmasterPid(dataDir)).toBeNull()
  })

  test('is made again after an interrupted attempt, of which nothing stays', async () => {
    const dataDir = join(folder, 'interrupted')
    await mkdir(join(dataDir, 'init-half', 'data'), { recursive: true })
    await writeFile(join(dataDir, 'init-half', 'data', 'PG_VERSION'), '15')
    await start(dataDir)
    expect((await readdir(dataDir)).filter(name => name.startsWith('init-'))).toEqual([])
  })

  test('reports its log when it cannot start', async () => {
    const dataDir = join(folder, 'interrupted')
    await writeFile(join(dataDir, 'data', 'postgresql.auto.conf'), 'no_such_setting = 1\n')
    const failure = start(dataDir)
    await expect(failure).rejects.toMatchObject({ code: 'ERR_DATABASE_UNAVAILABLE' })
    await expect(failure).rejects.toThrow(/unrecognized configuration parameter "no_such_setting"/)
  })

  test('names the version to install when its data belongs to one that is not installed', async () => {
    const dataDir = join(folder, 'interrupted')
    await writeFile(join(dataDir, 'data', 'PG_VERSION'), '99\n')
    await expect(start(dataDir)).rejects.toThrow(/written by PostgreSQL 99.*apt-get install postgresql-99/)
  })
})

describe.runIf(isRoot)('a private PostgreSQL as root', () => {
  test('keeps its data in /var/lib/candlewatch, with a link to it, when its folder is closed to others', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'candlewatch-closed-'))
    leftovers.push(closed)
    expect((await stat(closed)).mode & 0o777).toBe(0o700)
    const dataDir = join(closed, 'checkout', '.candlewatch')
    const first = await start(dataDir)
    const home = await realpath(dataDir)
    leftovers.push(home)
    expect((await lstat(dataDir)).isSymbolicLink()).toBe(true)
    expect(dirname(home)).toBe('/var/lib/candlewatch')
    await sql(first.url, 'create table kept (n int)')
    await first.stop()
    expect(await sql((await start(dataDir)).url, 'select count(*)::int from kept')).toEqual([0])
  })

  test('starts with a new database for a new checkout in the place of an old one', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'candlewatch-closed-'))
    leftovers.push(closed)
    const dataDir = join(closed, 'checkout', '.candlewatch')
    const old = await start(dataDir)
    leftovers.push(await realpath(dataDir))
    await sql(old.url, 'create table of_the_old_one (n int)')
    await old.stop()
    await rm(join(closed, 'checkout'), { recursive: true })
    const fresh = await start(dataDir)
    leftovers.push(await realpath(dataDir))
    expect(await sql(fresh.url, "select count(*)::int from pg_tables where tablename = 'of_the_old_one'")).toEqual([0])
  })

  test('keeps everything in the folder itself when an ordinary user starts it', async () => {
    const own = join(folder, 'ordinary')
    await mkdir(own)
    await chown(own, nobody, nobody)
    const dataDir = join(own, '.candlewatch')
    const child = await startInChild(dataDir, { uid: nobody, gid: nobody })
    expect(await sql(child.url, 'select 1')).toEqual([1])
    expect((await stat(join(dataDir, 'data'))).uid).toBe(nobody)
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
    await child.end()
    expect(await postmasterPid(dataDir)).toBeNull()
  })

  test('runs as the ordinary user who made its data', async () => {
    const dataDir = join(folder, 'ordinary', '.candlewatch')
    const { url, stop } = await start(dataDir)
    expect((await stat(`/proc/${await postmasterPid(dataDir)}`)).uid).toBe(nobody)
    expect(await sql(url, 'select 1')).toEqual([1])
    await stop()
    const child = await startInChild(dataDir, { uid: nobody, gid: nobody })
    await child.end()
  })

  test('refuses to start for an ordinary user who does not own the data, and says how to change that', async () => {
    const child = startInChild(join(folder, 'again'), { uid: nobody, gid: nobody })
    await expect(child).rejects.toThrow(/ERR_DATABASE_UNAVAILABLE/)
    await expect(child).rejects.toThrow(/belongs to user \d+, not to the current user 65534.*chown -R 65534/s)
  })

  test('starts with its data after root has copied them and become their owner', async () => {
    const dataDir = join(folder, 'original')
    const original = await start(dataDir)
    await sql(original.url, 'create table kept (n int)', 'insert into kept values (7)')
    await original.stop()
    const copy = join(folder, 'copy')
    await cp(dataDir, copy, { recursive: true })
    expect((await stat(join(copy, 'data', 'base'))).uid).toBe(0)
    const { url } = await start(copy)
    expect(await sql(url, 'select n from kept')).toEqual([7])
    expect((await stat(`/proc/${await postmasterPid(copy)}`)).uid).not.toBe(0)
    expect((await stat(join(dataDir, 'data'))).uid).toBe((await stat(join(copy, 'data', 'base'))).uid)
  })

  test.each([
    ['the folder', 'owned/.candlewatch/postgres', 0o700],
    ['the checkout', 'owned', 0o755],
  ])('names the owner to an ordinary user when %s belongs to another', async (_what, path, mode) => {
    const parent = join(folder, 'copied', path)
    await mkdir(parent, { recursive: true })
    await chmod(parent, mode)
    const child = startInChild(join(folder, 'copied', 'owned/.candlewatch/postgres'), { uid: nobody, gid: nobody })
    const expected = `The folder ${parent} belongs to user 0, not to the current user ${nobody}, who cannot write there.`
    await expect(child).rejects.toThrow(expected)
    await expect(child).rejects.toThrow(`chown -R ${nobody} ${parent}`)
    await rm(join(folder, 'copied'), { recursive: true })
  })

  test('tells root which user must be able to enter the folder of data in a closed checkout', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'candlewatch-closed-'))
    leftovers.push(closed)
    const dataDir = join(closed, 'checkout', '.candlewatch')
    await mkdir(join(dataDir, 'data'), { recursive: true })
    await expect(start(dataDir)).rejects.toThrow(/can't be entered by user \d+.*Move the checkout/s)
  })
})

test('the user owns its database and is no superuser, so that it reads no file and runs no program', async () => {
  const { url } = await start(join(folder, 'user'))
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rows } = await client.query(
      `select rolname, rolsuper, pg_get_userbyid(datdba) as owner from pg_roles, pg_database
       where rolname = current_user and datname = current_database()`,
    )
    expect(rows).toEqual([{ rolname: 'candlewatch', rolsuper: false, owner: 'candlewatch' }])
    const refused = { code: '42501' }
    await expect(client.query(`select pg_read_file('postgresql.conf')`)).rejects.toMatchObject(refused)
    await expect(client.query(`copy (select 1) to program 'true'`)).rejects.toMatchObject(refused)
  } finally {
    await client.end()
  }
})

test('a folder of an older version, whose tables are in the database postgres, is used as it is', async () => {
  const dataDir = join(folder, 'older')
  const { url, stop } = await start(dataDir)
  const client = new pg.Client(url.replace(/\/\w+$/, '/postgres'))
  await client.connect()
  await client.query('drop database candlewatch')
  await client.end()
  await stop()
  const again = await start(dataDir)
  expect(new URL(again.url).pathname).toBe('/postgres')
})

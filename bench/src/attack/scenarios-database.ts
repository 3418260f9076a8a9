import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startEmbedded } from '@candlewatch/adapters/stores/embedded/embedded'
import pg from 'pg'
import type { BenchServer } from '../server-process.ts'
import { faultsOf } from './checks.ts'
import { post, send, take, walk } from './client.ts'
import { type Ground, onGround } from './ground.ts'

/** Answers to one database connection stop coming; nothing is closed. Another market goes on, and /readyz fails. */
export async function halfOpenDatabase(ground: Ground): Promise<string> {
  const proxy = await ground.proxy()
  const server = await ground.server({ DATABASE_URL: proxy.url })
  const [lost, other] = [walk('attack:LOST-USD', ground.rng), walk('attack:OTHER-USD', ground.rng)]
  for (const market of ['attack:LOST-USD', 'attack:OTHER-USD']) ground.listener(server, market)
  await post([server.url], take(lost, 20))
  await post([server.url], take(other, 20))
  proxy.rule({ kind: 'silent', asked: /attack:LOST/ })
  const from = performance.now()
  let isOver = false
  const held = post([server.url], take(lost, 1)).finally(() => {
    isOver = true
  })
  for (const row of take(other, 20)) await post([server.url], row)
  if (isOver) throw new Error('The row whose commit hangs was answered.')
  while ((await ready(server)) === 200) await wait(100)
  const seconds = (performance.now() - from) / 1_000
  proxy.rule({ kind: 'pass' })
  await held
  await post([server.url], take(lost, 20))
  while ((await ready(server)) !== 200) await wait(100)
  return `/readyz failed ${seconds.toFixed(1)} s after a commit began to hang`
}

/** A fifth of the commits get through and their acknowledgement does not. */
export async function lostAcknowledgements(ground: Ground): Promise<string> {
  const proxy = await ground.proxy()
  const server = await ground.server({ DATABASE_URL: proxy.url })
  const market = 'attack:CUT-USD'
  const rows = walk(market, ground.rng)
  await post([server.url], take(rows, 5))
  ground.listener(server, market)
  proxy.rule({ kind: 'cut', asked: /commit_owned_steps/, chance: () => ground.rng.uniform() < 0.2 })
  for (let sent = 0; sent < 300; ) {
    const count = 1 + Math.floor(10 * ground.rng.uniform())
    await post([server.url], take(rows, count))
    sent += count
  }
  proxy.rule({ kind: 'pass' })
  await post([server.url], take(rows, 1))
  if (proxy.cuts() === 0) throw new Error('No acknowledgement was lost.')
  return `${proxy.cuts()} acknowledgements lost`
}

/** Another session holds a lock on the table of verdicts for longer than a commit may take. */
export async function lockHeldElsewhere(ground: Ground): Promise<string> {
  const server = await ground.server()
  const market = 'attack:LOCKED-USD'
  const rows = walk(market, ground.rng)
  ground.listener(server, market)
  await post([server.url], take(rows, 20))
  const holder = new pg.Client(ground.url)
  await holder.connect()
  await holder.query('begin; lock table verdicts')
  const waiting = post([server.url], take(rows, 5))
  while ((await ready(server)) === 200) await wait(100)
  const { status } = await send(server.url, 'GET', '/healthz')
  await holder.end()
  await waiting
  await post([server.url], take(rows, 20))
  if (status !== 200) throw new Error(`/healthz answered ${status} while the table was locked.`)
  return 'the rows were stored once the lock was released'
}

/** Server and database are killed in turn while rows are posted. */
export async function killedAtAnyMoment(ground: Ground): Promise<string> {
  const market = 'attack:KILLED-USD'
  const rows = walk(market, ground.rng)
  let server = await ground.server()
  const listener = ground.listener(server, market)
  await post([server.url], take(rows, 20))
  const kills = 2
  for (let kill = 0; kill < 2 * kills; kill++) {
    const urls = [server.url]
    const posting = post(urls, take(rows, 60))
    await wait(60 * ground.rng.uniform())
    if (kill % 2 === 0) {
      await server.stop({ signal: 'SIGKILL' })
      server = await ground.server()
      urls[0] = server.url
      listener.moveTo(server.url)
    } else ground.killDatabase()
    await posting
    for (const row of take(rows, 5)) await post(urls, row)
  }
  return `server and PostgreSQL killed ${kills} times each`
}

/** The disk of the database fills up; where no small file system can be mounted, PostgreSQL answers as if it were full. */
export async function fullDisk(ground: Ground): Promise<string> {
  const disk = join(ground.folder, 'disk')
  mkdirSync(disk)
  if (!isMounted(disk)) return refusedAsIfFull(ground)
  try {
    const dataDir = join(disk, 'postgres')
    const database = await startEmbedded({ dataDir })
    try {
      const folder = join(ground.folder, 'full')
      mkdirSync(folder)
      return await onGround({ url: database.url, rng: ground.rng, folder, dataDir }, full => fillAndFree(full, disk))
    } finally {
      await database.stop()
    }
  } finally {
    execFileSync('umount', ['--lazy', disk])
  }
}

function isMounted(disk: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=755', 'tmpfs', disk], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function refusedAsIfFull(ground: Ground): Promise<string> {
  const server = await ground.server()
  const market = 'attack:FULL-USD'
  const rows = walk(market, ground.rng)
  ground.listener(server, market)
  await post([server.url], take(rows, 200))
  await ground.sql(`
    create function no_room() returns trigger language plpgsql as $$
      begin raise exception 'no space left' using errcode = 'disk_full'; end $$;
    create trigger full_disk before insert on verdicts for each statement execute function no_room()`)
  const batch = take(rows, 200)
  const { status } = await send(server.url, 'POST', '/predict_anomaly', batch)
  if (status !== 503) throw new Error(`The full disk was answered with ${status}.`)
  if ((await ready(server)) === 200) throw new Error('/readyz answered 200 after a commit had failed.')
  await ground.sql('drop trigger full_disk on verdicts')
  await post([server.url], batch)
  return 'no file system can be mounted here: refused as if the disk were full, and stored afterwards'
}

async function fillAndFree(ground: Ground, disk: string): Promise<string> {
  const server = await ground.server()
  const market = 'attack:FULL-USD'
  const rows = walk(market, ground.rng)
  ground.listener(server, market)
  await post([server.url], take(rows, 200))
  const { bavail, bsize } = statfsSync(disk)
  const ballast = join(disk, 'ballast')
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 2 ** 20)))
  let [stored, refusals] = [0, 0]
  while (refusals === 0 && stored < 20_000) {
    const batch = take(rows, 200)
    const { status } = await send(server.url, 'POST', '/predict_anomaly', batch)
    if (status === 200) stored += batch.length
    else if (status === 503) {
      refusals += 1
      rmSync(ballast)
      await post([server.url], batch)
    } else throw new Error(`The full disk was answered with ${status}.`)
  }
  if (refusals === 0) throw new Error('The disk did not fill up.')
  await post([server.url], take(rows, 50))
  const faults = await faultsOf(ground)
  if (faults.length > 0) throw new Error(faults.join('; '))
  return `${stored} rows until the disk was full; the refused ones were stored once there was room`
}

async function ready({ url }: BenchServer): Promise<number> {
  return (await send(url, 'GET', '/readyz')).status
}

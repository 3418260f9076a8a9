import { known } from '@candlewatch/core/nth'
import type { BenchServer } from '../server-process.ts'
import { post, type Row, send, take, walk } from './client.ts'
import type { Ground } from './ground.ts'

/** Rows of one market go to two servers in turn, and some to both at once. */
export async function twoServersInTurn(ground: Ground): Promise<string> {
  const market = 'attack:TURN-USD'
  const rows = walk(market, ground.rng)
  const servers = [await ground.server(), await ground.server()]
  await post(urlsOf(servers), take(rows, 5))
  for (const server of servers) ground.listener(server, market)
  const count = 60
  for (let i = 0; i < count; i++) {
    const [row] = take(rows, 1)
    if (!row) throw new Error('Expected a row.')
    const first = i % 2
    const urls = urlsOf(servers)
    if (first === 1) urls.reverse()
    if (i % 5 !== 0) await expectNoGap(await post(urls.slice(0, 1), row))
    else {
      const answers = await Promise.all(urls.map(url => post([url], row)))
      if (answers[0] !== answers[1]) throw new Error(`Two answers to one row: ${answers.join(' and ')}`)
    }
    if (i % 10 === 9) await expectConflict(urls, row)
  }
  return `${count} rows, one answer each`
}

/** An owner is killed, stopped and frozen while another server takes over. */
export async function ownersComeAndGo(ground: Ground): Promise<string> {
  const market = 'attack:MOVING-USD'
  const rows = walk(market, ground.rng)
  let servers = [await ground.server(), await ground.server()]
  await post(urlsOf(servers), take(rows, 20))
  const listener = ground.listener(known(servers[0]), market)
  const found: string[] = []
  for (const how of ['SIGKILL', 'SIGTERM', 'SIGSTOP'] as const) {
    const [owner, other] = await ownerAndOther(ground, market, servers)
    await post([owner.url], take(rows, 10))
    listener.moveTo(other.url)
    process.kill(owner.pid, how)
    const from = performance.now()
    for (const row of take(rows, 10)) await post([other.url], row)
    found.push(`${((performance.now() - from) / 1_000).toFixed(1)} s after ${how}`)
    if (how === 'SIGSTOP') {
      process.kill(owner.pid, 'SIGCONT')
      for (const row of take(rows, 10)) await post([owner.url, other.url], row)
    }
    await owner.stop({ patienceMs: 15_000 })
    servers = [await ground.server(), other]
  }
  return `ten rows answered by another server ${found.join(', ')}`
}

const urlsOf = (servers: readonly BenchServer[]) => servers.map(({ url }) => url)

async function ownerAndOther(
  { sql }: Ground,
  market: string,
  servers: readonly BenchServer[],
): Promise<readonly [BenchServer, BenchServer]> {
  const [found] = await sql<{ address: string }>(
    `select address from stream_owners join processes using (epoch) where market = '${market}'`,
  )
  const owner = servers.find(({ port }) => found?.address.endsWith(`:${port}`))
  const other = servers.find(server => server !== owner)
  if (!owner || !other) throw new Error(`Expected one of two servers to be the owner, found ${found?.address}.`)
  return [owner, other]
}

async function expectNoGap(text: string): Promise<void> {
  const { reason } = JSON.parse(text) as { readonly reason: { readonly code: string } }
  if (reason.code === 'gap') throw new Error(`A row without a gap before it was answered as one: ${text.slice(0, 300)}`)
}

async function expectConflict(urls: readonly string[], row: Row): Promise<void> {
  const other = { market: row.market, interval: row.interval, date: row.date, open: row.open, high: row.high }
  for (const url of urls) {
    const { status, text } = await send(url, 'POST', '/predict_anomaly', {
      ...other,
      low: row.low,
      close: (row.high + row.low) / 2,
      volume: row.volume,
    })
    if (status !== 409)
      throw new Error(`Other numbers of a stored row were answered with ${status}: ${text.slice(0, 300)}`)
  }
}

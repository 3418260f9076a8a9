import { connect, type Socket } from 'node:net'
import { post, send, take, walk } from './client.ts'
import type { Ground } from './ground.ts'

/** Hundreds of clients open the event stream and never read it. */
export async function readersThatNeverRead(ground: Ground): Promise<string> {
  const market = 'attack:UNREAD-USD'
  const rows = walk(market, ground.rng)
  const server = await ground.server()
  await post([server.url], take(rows, 500))
  ground.listener(server, market)
  const sockets: Socket[] = []
  const count = 300
  for (let i = 0; i < count; i++) {
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.pause()
    socket.write(
      `GET /api/stream?market=${market}&interval=1m&lastEventId=0 HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`,
    )
    sockets.push(socket)
  }
  for (let i = 0; i < 20; i++) await post([server.url], take(rows, 50))
  await alive(server.url)
  for (const socket of sockets) socket.destroy()
  return `${count} clients that never read`
}

/** Many large bodies at once, each with a last row that is impossible. */
export async function manyLargeBodies(ground: Ground): Promise<string> {
  const server = await ground.server()
  const market = 'attack:LARGE-USD'
  const rows = walk(market, ground.rng)
  ground.listener(server, market)
  await post([server.url], take(rows, 5))
  const large = take(walk('attack:NEVER-USD', ground.rng), 9_000)
  const impossible = { ...large[0], date: '2021-01-07T06:00:00Z', high: -1 }
  const body = [...large, impossible]
  const statuses = new Map<number, number>()
  const count = 60
  const answers = await Promise.allSettled(
    Array.from({ length: count }, () => send(server.url, 'POST', '/predict_anomaly', body)),
  )
  for (const answer of answers) {
    const status = answer.status === 'fulfilled' ? answer.value.status : 0
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  const strange = [...statuses.keys()].filter(status => ![0, 413, 422, 429, 503].includes(status))
  if (strange.length > 0) throw new Error(`Large bodies were answered with ${strange.join(', ')}.`)
  for (const row of take(rows, 20)) await post([server.url], row)
  await alive(server.url)
  return `${count} bodies of 9,001 rows at once: ${[...statuses].map(([status, n]) => `${n} × ${status || 'cut off'}`).join(', ')}`
}

async function alive(url: string): Promise<void> {
  const { status } = await send(url, 'GET', '/readyz')
  if (status !== 200) throw new Error(`/readyz answered ${status}.`)
}

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy in front of a database that drops answers on request, for tests and for `npm run attack`. */
export interface TcpProxy {
  /** The address of the database through the proxy. */
  readonly url: string
  /**
   * `pass`: everything. `silent`: answers of connections that ask for something matching `asked` are swallowed from then on and
   * nothing is closed, as after the loss of a route. `cut`: the first answer is swallowed and the connection closed.
   */
  rule(rule: ProxyRule): void
  /** How many answers were swallowed by `cut`. */
  cuts(): number
  /** Ends all connections through it. */
  close(): void
}

export type ProxyRule =
  | { readonly kind: 'pass' }
  | { readonly kind: 'silent'; readonly asked: RegExp }
  | { readonly kind: 'cut'; readonly asked: RegExp; readonly chance: () => boolean }

/** Starts a proxy to a database on this machine. */
export async function tcpProxy(databaseUrl: string): Promise<TcpProxy> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let rule: ProxyRule = { kind: 'pass' }
  let cuts = 0
  const server = createServer(client => {
    const database = connect(Number(target.port), target.hostname)
    let isSilent = false
    let isDoomed = false
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        // The other side still receives what was sent before.
        for (const other of [client, database]) other.end()
      })
    }
    client.on('data', data => {
      const { kind } = rule
      if (kind !== 'pass' && rule.asked.test(data.toString('latin1'))) {
        if (kind === 'silent') isSilent = true
        else isDoomed = rule.chance()
      }
      database.write(data)
    })
    database.on('data', data => {
      if (isDoomed) {
        cuts += 1
        client.destroy()
      } else if (!isSilent) client.write(data)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(databaseUrl)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    rule(next) {
      rule = next
    },
    cuts: () => cuts,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Application } from 'express'
import { answerUnreadable } from './unreadable.ts'

export interface Listening {
  readonly port: number
  /** Takes no new connections, lets the requests under way end, then resolves. */
  drain(): Promise<void>
}

/** How long a caller may take to send what it sends: a slow one would hold its connection for as long as it likes. */
export interface Patience {
  readonly headersMs: number
  /** Headers and body. 4 MB over a line of half a megabit fit. */
  readonly requestMs: number
  /** How often that is looked at. */
  readonly everyMs: number
}

const usualPatience: Patience = { headersMs: 10_000, requestMs: 60_000, everyMs: 2_000 }
// Longer than a bar of a minute: a feed that posts as bars close need not connect for each, nor meet a connection that was
// just given up.
const idleMs = 75_000

/** Resolves when it listens. Throws ERR_PORT_TAKEN. */
export function listen(app: Application, port: number, host: string, patience = usualPatience): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const { headersMs: headersTimeout, requestMs: requestTimeout, everyMs: connectionsCheckingInterval } = patience
    const server = createServer(
      { headersTimeout, requestTimeout, connectionsCheckingInterval, keepAliveTimeout: idleMs },
      app,
    )
    server.on('clientError', answerUnreadable)
    // An Expect header that says something else than 100-continue: Node would answer by itself, in another form.
    server.on('checkExpectation', app)
    server.listen(port, host)
    let underWay = 0
    server.on('request', (_request, response) => {
      underWay += 1
      response.once('close', () => {
        underWay -= 1
      })
    })
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE' && cause.code !== 'EACCES') {
        reject(cause)
        return
      }
      const found = cause.code === 'EACCES' ? 'is not allowed to this user' : 'is taken by another program'
      const message = `Expected to listen on ${host}:${port}, but that port ${found}. Choose another port (0 = any free one).`
      reject(new CandlewatchError('ERR_PORT_TAKEN', message, { cause }))
    })
    server.once('listening', () => resolve({ port: (server.address() as AddressInfo).port, drain }))

    function drain(): Promise<void> {
      return new Promise(drained => {
        // Browsers open connections in advance; Node takes those for busy until a request comes, which may be never.
        const sweep = setInterval(() => {
          if (underWay === 0) server.closeAllConnections()
        }, 20)
        server.close(() => {
          clearInterval(sweep)
          drained()
        })
      })
    }
  })
}

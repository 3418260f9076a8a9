import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Application } from 'express'
import { answerUnreadable } from './unreadable.ts'

/** A server that accepts connections. */
export interface Listening {
  readonly port: number
  /** Accepts no new connections, and resolves when all requests have been answered. */
  drain(): Promise<void>
}

/** How long a client may take to send a request: without a limit, a slow one could hold its connection without end. */
export interface RequestTimeouts {
  readonly headersMs: number
  /** For headers and body: enough for 4 MB at half a megabit per second. */
  readonly requestMs: number
  /** For reading an answer: the longest time in which the client reads nothing. */
  readonly answerMs: number
  /** How often the two limits are checked. */
  readonly everyMs: number
}

const defaultTimeouts: RequestTimeouts = { headersMs: 10_000, requestMs: 60_000, answerMs: 60_000, everyMs: 2_000 }
// Longer than a bar of a minute: a feed that posts each bar as it closes can keep its connection.
const idleMs = 75_000

/** Starts to listen; resolves when connections are accepted. Throws ERR_PORT_TAKEN. */
export function listen(app: Application, port: number, host: string, timeouts = defaultTimeouts): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const { headersMs: headersTimeout, requestMs: requestTimeout, everyMs: connectionsCheckingInterval } = timeouts
    const server = createServer(
      { headersTimeout, requestTimeout, connectionsCheckingInterval, keepAliveTimeout: idleMs },
      app,
    )
    server.on('clientError', answerUnreadable)
    // For an Expect header other than 100-continue Node would answer by itself, in another form.
    server.on('checkExpectation', app)
    server.listen(port, host)
    let underWay = 0
    // Before the application, which may answer at once.
    server.prependListener('request', (_request, response) => {
      underWay += 1
      // All of the answer is written. What the client does not read stays in memory until then.
      response.once('prefinish', () => response.setTimeout(timeouts.answerMs, () => response.destroy()))
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
        // Browsers open connections in advance; Node counts those as busy until a request comes, which may be never.
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

import type { AddressInfo } from 'node:net'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Application } from 'express'

export interface Listening {
  readonly port: number
  /** Takes no new connections, lets the requests under way end, then resolves. */
  drain(): Promise<void>
}

/** Resolves when it listens. Throws ERR_PORT_TAKEN. */
export function listen(app: Application, port: number, host: string): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host)
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

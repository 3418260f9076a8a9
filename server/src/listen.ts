import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Application } from 'express'

/** The server once it listens, and its port. Throws ERR_PORT_TAKEN. */
export function listen(app: Application, port: number, host: string): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host)
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE' && cause.code !== 'EACCES') {
        reject(cause)
        return
      }
      const found = cause.code === 'EACCES' ? 'is not allowed to this user' : 'is taken by another program'
      const message = `Expected to listen on ${host}:${port}, but that port ${found}. Choose another port (0 = any free one).`
      reject(new CandlewatchError('ERR_PORT_TAKEN', message, { cause }))
    })
    server.once('listening', () => resolve({ server, port: (server.address() as AddressInfo).port }))
  })
}

/** Lets the requests under way end, then resolves. */
export function drain(server: Server): Promise<void> {
  return new Promise(resolve => {
    // A kept-alive connection falls idle only after its answer.
    const idle = setInterval(() => server.closeIdleConnections(), 50)
    server.close(() => {
      clearInterval(idle)
      resolve()
    })
  })
}

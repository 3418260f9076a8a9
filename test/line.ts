import { connect, createServer, type Socket } from 'node:net'

/** A connection to a server that can go dead as a cable does: neither side is notified, and nothing comes through. */
export async function makeLine(address: string) {
  const { hostname, port } = new URL(address)
  const sockets = new Set<Socket>()
  let isDead = false
  const server = createServer(near => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
    }
    near.on('data', chunk => !isDead && far.write(chunk))
    far.on('data', chunk => !isDead && near.write(chunk))
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const own = server.address() as { port: number }
  return {
    address: `http://127.0.0.1:${own.port}`,
    cut() {
      isDead = true
    },
    /** Ends the connections of before, with all that was under way; new ones go through. */
    mend() {
      isDead = false
      for (const socket of sockets) socket.destroy()
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

import { once } from 'node:events'
import { connect } from 'node:net'
import { known } from '@candlewatch/core/nth'
import express from 'express'
import { expect, test, vi } from 'vitest'
import { listen } from './listen.ts'

test('a port that is taken gives one clear error', async () => {
  const { port, drain } = await listen(express(), 0, '127.0.0.1')
  const second = listen(express(), port, '127.0.0.1')
  await expect(second).rejects.toMatchObject({ code: 'ERR_PORT_TAKEN' })
  await expect(second).rejects.toThrow(new RegExp(`127.0.0.1:${port}.*taken.*Choose another`))
  await drain()
})

test('draining answers the request under way and then stops listening', async () => {
  let drained: Promise<void> | null = null
  const app = express().get('/', (_request, response) => {
    drained = drain()
    setTimeout(() => response.send('late'), 50)
  })
  const { port, drain } = await listen(app, 0, '127.0.0.1')
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('late')
  await drained
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
})

test('draining does not wait for a connection that was opened in advance and never used', async () => {
  const { port, drain } = await listen(express(), 0, '127.0.0.1')
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  await drain()
  await closed
})

test.each([
  ['headers that come a letter at a time', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
  ['a body that never ends', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n['],
])('%s gets its connection cut', async (_what, text) => {
  const app = express()
    .use(express.text({ type: () => true }))
    .use((_request, response) => void response.send('read'))
  const { port, drain } = await listen(app, 0, '127.0.0.1', {
    headersMs: 50,
    requestMs: 100,
    answerMs: 1_000,
    everyMs: 20,
  })
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', chunk => (answer += String(chunk)))
  socket.write(text)
  const slowly = setInterval(() => socket.write('a'), 10)
  await once(socket, 'close')
  clearInterval(slowly)
  expect(answer).toMatch(/^HTTP\/1.1 408 /)
  await drain()
})

test('a client that does not read its answer is disconnected', async () => {
  const closed = vi.fn<() => void>()
  const app = express().get('/', (_request, response) => {
    response.once('close', closed)
    response.send(Buffer.alloc(64 * 2 ** 20))
  })
  const timeouts = { headersMs: 1_000, requestMs: 1_000, answerMs: 50, everyMs: 1_000 }
  const { port, drain } = await listen(app, 0, '127.0.0.1', timeouts)
  const socket = connect(port, '127.0.0.1').pause()
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce(), 10_000)
  socket.destroy()
  await drain()
})

test('a client that reads a large answer slowly gets all of it', async () => {
  const app = express().get('/', (_request, response) => void response.send(Buffer.alloc(32 * 2 ** 20)))
  const timeouts = { headersMs: 1_000, requestMs: 1_000, answerMs: 500, everyMs: 1_000 }
  const { port, drain } = await listen(app, 0, '127.0.0.1', timeouts)
  const response = await fetch(`http://127.0.0.1:${port}/`)
  let bytes = 0
  for await (const piece of known(response.body)) {
    bytes += piece.length
    await new Promise(setImmediate)
  }
  expect(bytes).toBe(32 * 2 ** 20)
  await drain()
})

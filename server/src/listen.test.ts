import express from 'express'
import { expect, test } from 'vitest'
import { drain, listen } from './listen.ts'

test('a port that is taken: one clear error', async () => {
  const { server, port } = await listen(express(), 0, '127.0.0.1')
  const second = listen(express(), port, '127.0.0.1')
  await expect(second).rejects.toMatchObject({ code: 'ERR_PORT_TAKEN' })
  await expect(second).rejects.toThrow(new RegExp(`127.0.0.1:${port}.*taken.*Choose another`))
  await drain(server)
})

test('draining: the request under way is answered, then nobody listens any more', async () => {
  let drained: Promise<void> | null = null
  const app = express().get('/', (_request, response) => {
    drained = drain(server)
    response.send('late')
  })
  const { server, port } = await listen(app, 0, '127.0.0.1')
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('late')
  await drained
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
})

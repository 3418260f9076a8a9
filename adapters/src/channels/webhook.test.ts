import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Ms } from '@candlewatch/core/types'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Behaviour, channelContract, messageAt } from './contract/channel.suite.ts'
import { signatureOf, webhook } from './webhook.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const now = Date.UTC(2021, 4, 19, 12, 0, 5) as Ms
const clock = { now: () => now }
const never = new AbortController().signal

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** Starts a real HTTP server on the loopback. */
async function serve(handle: Handler) {
  const requests: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    requests.push({ headers: request.headers, body })
    handle(request, response, body)
    server.emit('taken')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = async () => {
    server.closeAllConnections()
    if (server.listening) await new Promise(resolve => server.close(resolve))
  }
  onTestFinished(stop)
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/hook?token=hush-hush`, requests, stop, taken: () => once(server, 'taken') }
}

const answers: Readonly<Record<Behaviour, Handler>> = {
  accept: (_, response) => response.writeHead(204).end(),
  refuse: (_, response) => response.writeHead(400).end('no such hook'),
  fail: (_, response) => response.writeHead(500).end(),
  busy: (_, response) => response.writeHead(429, { 'retry-after': '7' }).end(),
  hang() {},
  'hang-up': request => request.destroy(),
  endless(_, response) {
    response.writeHead(200)
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(1_000)));
    }
    response.on('drain', more)
    more()
  },
}

channelContract('the webhook', async () => {
  let behaviour: Behaviour = 'accept'
  const { url, requests, stop, taken } = await serve((...request) => answers[behaviour](...request))
  return {
    channel: webhook({ url, secret, clock, timeoutMs: 1_000 }),
    secrets: [secret, secret.replace('whsec_', ''), 'hush-hush'],
    behave(next) {
      behaviour = next
    },
    received: () =>
      requests.map(({ headers, body }) => ({ id: String(headers['webhook-id']), text: JSON.parse(body).text })),
    arrival: async () => void (await taken()),
    stop,
  }
})

describe('the message that a receiver gets', () => {
  test('JSON with the headers of Standard Webhooks, signed over id, timestamp and body', async () => {
    const { url, requests } = await serve(answers.accept)
    const message = messageAt(3)
    await webhook({ url, secret, clock }).send(message, never)
    const { headers, body } = requests[0]!
    expect(JSON.parse(body)).toEqual({
      type: 'episode.opened',
      timestamp: '2021-05-19T12:00:00.003Z',
      title: message.title,
      text: message.text,
      data: message.data,
    })
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': 'msg_3',
      'webhook-timestamp': String(now / 1_000),
    })
    const signed = createHmac('sha256', Buffer.alloc(32, 7))
      .update(`msg_3.${now / 1_000}.${body}`)
      .digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${signed}`)
  })

  test('the signature that the libraries of Standard Webhooks are tested with', () => {
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
    expect(signatureOf('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}', key)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    )
  })

  test('no signature without a secret', async () => {
    const { url, requests } = await serve(answers.accept)
    await webhook({ url, clock }).send(messageAt(1), never)
    expect(requests[0]?.headers).not.toHaveProperty('webhook-signature')
  })
})

describe('the meaning of an answer', () => {
  test.each([
    [200, 'delivered'],
    [202, 'delivered'],
    [301, 'refused'],
    [307, 'refused'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [410, 'refused'],
    [408, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [502, 'retry'],
    [503, 'retry'],
  ])('status %i: %s', async (status, outcome) => {
    const { url } = await serve((_, response) => response.writeHead(status).end('because'))
    const delivery = await webhook({ url, clock }).send(messageAt(1), never)
    expect(delivery.outcome).toBe(outcome)
    if (delivery.outcome !== 'delivered') expect(delivery.fault).toEqual({ code: 'status', status, answer: 'because' })
  })

  test('a redirect is not followed: its target gets nothing', async () => {
    const target = await serve(answers.accept)
    const { url } = await serve((_, response) => response.writeHead(307, { location: target.url }).end())
    expect(await webhook({ url, clock }).send(messageAt(1), never)).toMatchObject({ outcome: 'refused' })
    expect(target.requests).toEqual([])
  })

  test.each([
    ['12', 12_000],
    ['0', 0],
    [new Date(now + 90_000).toUTCString(), 90_000],
    [new Date(now - 90_000).toUTCString(), 0],
    ['soon', null],
    ['-5', null],
  ])('Retry-After: %s asks to wait %s ms', async (header, retryAfterMs) => {
    const { url } = await serve((_, response) => response.writeHead(503, { 'retry-after': header }).end())
    expect(await webhook({ url, clock }).send(messageAt(1), never)).toMatchObject({ retryAfterMs })
  })

  test('only the start of a long answer is kept', async () => {
    const { url } = await serve((_, response) => response.writeHead(400).end('n'.repeat(10_000)))
    expect(await webhook({ url, clock }).send(messageAt(1), never)).toMatchObject({
      fault: { answer: 'n'.repeat(500) },
    })
  })

  test('an error names its kind: a timeout or a refused connection', async () => {
    const { url, stop } = await serve(answers.hang)
    const channel = webhook({ url, clock, timeoutMs: 20 })
    expect(await channel.send(messageAt(1), never)).toEqual({
      outcome: 'retry',
      fault: { code: 'timeout', timeoutMs: 20 },
      retryAfterMs: null,
    })
    await stop()
    expect(await webhook({ url, clock }).send(messageAt(1), never)).toEqual({
      outcome: 'retry',
      fault: { code: 'unreachable', reason: 'ECONNREFUSED' },
      retryAfterMs: null,
    })
  })
})

describe('settings that are refused before the first attempt', () => {
  test.each(['', 'example.com/hook', 'file:///etc/passwd', 'https://user:hush@example.com/'])('the address %j', url => {
    expect(() => webhook({ url, clock })).toThrow(RangeError)
    expect(() => webhook({ url, clock })).not.toThrow('hush')
  })

  test.each(['', 'whsec_', 'not base64!', Buffer.alloc(23).toString('base64'), Buffer.alloc(65).toString('base64')])(
    'the secret %j',
    given => {
      expect(() => webhook({ url: 'http://127.0.0.1/', secret: given, clock })).toThrow(RangeError)
    },
  )
})

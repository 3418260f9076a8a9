import { Agent, request } from 'node:http'
import { connect } from 'node:net'

/** A request as it is sent. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** The answer to a request. */
export interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly text: string
}

const patienceMs = 60_000

/** Makes a client with one connection that is kept open. */
export function makeLine(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const { port } = new URL(url)
  return { ask, cut, bytes, close: () => agent.destroy() }

  function ask(sent: Sent, again = false): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { method, path, body } = sent
      // Set for all methods: Node sets it for some only, and the server would read the others' bodies as another request.
      const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const headers = { ...sent.headers, ...length }
      const asked = request(
        { host: '127.0.0.1', port, method, path, headers, agent, timeout: patienceMs },
        response => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', chunk => {
            text += chunk
            // A stream of events does not end by itself.
            if (response.headers['content-type'] === 'text/event-stream') asked.destroy()
          })
          response.on('error', () => undefined)
          response.once('close', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
        },
      )
      asked.once('timeout', () => asked.destroy(new Error(`no answer within ${patienceMs} ms`)))
      asked.once('error', (error: NodeJS.ErrnoException) => {
        // The server may close a connection at rest just when it is taken up again.
        const closed = asked.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
        if (closed && !again) ask(sent, true).then(resolve, reject)
        else reject(error)
      })
      asked.end(body ?? undefined)
    })
  }

  /** Announces the length of the body, sends less and closes the connection. */
  function cut({ method, path, headers, body }: Sent, share: number): Promise<void> {
    const text = Buffer.from(body ?? '')
    const lines = Object.entries({ Host: 'localhost', ...headers, 'Content-Length': String(text.length) })
    const head = [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join(
      '\r\n',
    )
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(head)
        socket.write(text.subarray(0, Math.floor(share * text.length)), () => setImmediate(() => socket.destroy()))
      })
      socket.once('close', () => resolve()).on('error', reject)
    })
  }

  /** Sends raw bytes and returns what comes back. */
  function bytes(sent: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      let text = ''
      const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true }, () => socket.end(sent))
      // Half a request is waited for: that is looked at elsewhere.
      const enough = setTimeout(() => socket.destroy(), 200)
      socket.setEncoding('latin1').on('data', chunk => {
        text += chunk
      })
      socket.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNRESET' ? resolve(text) : reject(error),
      )
      socket.once('close', () => {
        clearTimeout(enough)
        resolve(text)
      })
    })
  }
}

/** One connection. */
export type Line = ReturnType<typeof makeLine>

/** Writes the same request as a curl command. */
export function curlOf(url: string, { method, path, headers, body }: Sent): string {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
  const shown = body !== null && body.length > 20_000 ? `${body.slice(0, 20_000)}…(${body.length} characters)` : body
  return [
    `curl -i -X ${method} ${quoted(url + path)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(shown === null ? [] : [`--data-binary ${quoted(shown)}`]),
  ].join(' ')
}

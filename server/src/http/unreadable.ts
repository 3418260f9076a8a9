import { randomUUID } from 'node:crypto'
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

const statuses: Partial<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }

const advice: Record<number, string> = {
  400: 'Expected a valid HTTP/1.1 request.',
  408: 'Expected the whole request in time; the connection timed out. Send it again.',
  431: 'Expected at most 16 kB of headers. Send fewer or shorter ones.',
}

/** Answers bytes that are no valid HTTP request, which no handler sees, with a problem, and closes the connection. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  const begun = (socket as { _httpMessage?: ServerResponse })._httpMessage
  if (!socket.writable || error.code === 'ECONNRESET' || begun?.headersSent) {
    socket.destroy()
    return
  }
  const status = statuses[error.code ?? ''] ?? 400
  const title = STATUS_CODES[status]
  const requestId = randomUUID()
  const code = 'ERR_REQUEST_INVALID'
  const type = `urn:candlewatch:error:${code}`
  const body = JSON.stringify({ type, title, status, detail: advice[status], code, requestId })
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ]
  socket.end([...head, '', body].join('\r\n'))
}

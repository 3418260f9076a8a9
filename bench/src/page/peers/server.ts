import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

/** The server of the peers' pages. */
export interface PeerServer {
  readonly url: string
  close(): void
}

const { resolve } = createRequire(import.meta.url)
const own = (name: string) => fileURLToPath(new URL(`${name}.js`, import.meta.url))
const html = (
  head: string,
  page: string,
) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${page}</title>
<style>html, body, #chart { height: 100%; margin: 0 }</style>${head}
<div id="chart" data-testid="chart"></div><script type="module" src="/${page}.js"></script></html>`

// Its entry is one that require refuses to find, and asks for another package.
const lightweight = join(
  dirname(resolve('lightweight-charts/package.json')),
  'dist/lightweight-charts.standalone.production.mjs',
)
const pages: Readonly<Record<string, string>> = {
  '/plotly': html('<script src="/plotly-library.js"></script>', 'plotly'),
  '/lightweight': html(
    '<script type="importmap">{ "imports": { "lightweight-charts": "/lightweight-library.js" } }</script>',
    'lightweight',
  ),
}
const scripts: Readonly<Record<string, string>> = {
  '/plotly.js': own('plotly'),
  '/lightweight.js': own('lightweight'),
  '/history.js': own('history'),
  '/plotly-library.js': resolve('plotly.js-finance-dist-min'),
  '/lightweight-library.js': lightweight,
}

/** The peers' pages at `/plotly` and `/lightweight`; what they ask of `/api` goes to the server that is measured. */
export async function startPeerServer(api: string): Promise<PeerServer> {
  const server = createServer((asked, answer) => {
    const { pathname } = new URL(asked.url!, api)
    const page = pages[pathname]
    const script = scripts[pathname]
    if (page) answer.setHeader('content-type', 'text/html').end(page)
    else if (script) send(script, answer)
    else if (pathname.startsWith('/api/')) forward(asked, answer, api)
    else answer.writeHead(404).end()
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Gzipped, library and all. */
export function peerScriptBytes(peer: 'plotly' | 'lightweight'): number {
  const names = [`/${peer}.js`, '/history.js', `/${peer}-library.js`]
  return names.reduce((sum, name) => sum + gzipped(scripts[name]!).length, 0)
}

const made = new Map<string, Buffer>()
function gzipped(file: string): Buffer {
  if (!made.has(file)) made.set(file, gzipSync(readFileSync(file)))
  return made.get(file)!
}

/** Gzipped, and kept by the browser, as the page's own scripts are. */
function send(file: string, answer: ServerResponse): void {
  answer
    .setHeader('content-type', 'text/javascript')
    .setHeader('content-encoding', 'gzip')
    .setHeader('cache-control', 'public, max-age=31536000, immutable')
    .end(gzipped(file))
}

function forward(asked: IncomingMessage, answer: ServerResponse, api: string): void {
  const sent = request(new URL(asked.url!, api), response => {
    answer.writeHead(response.statusCode!, response.headers)
    response.pipe(answer)
  })
  sent.on('error', () => answer.destroy())
  answer.on('close', () => sent.destroy())
  sent.end()
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { rooms } from '@candlewatch/api/values/rooms'
import { type RequestHandler, type Response, Router, static as staticFiles } from 'express'
import { cachedForAYear, gzipped } from './gzipped.ts'

const unbuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Candlewatch</title>
<body><h1>The page is not built yet</h1><p>Run <code>npm run build</code> and reload. The API works meanwhile:
<a href="/docs/">/docs</a>.</p></body></html>`

/** The paths of the page's rooms. All of them are answered with index.html, which reads its own address. */
const paths = Object.values(rooms).map(({ path }) => path)

/** The built page. Files under assets/ carry a hash in their names, so they are cached for a year; index.html never is. */
export function page(webDir: string): RequestHandler {
  const assets = join(webDir, 'assets')
  return Router()
    .use('/assets', gzipped(assets), staticFiles(assets, caching(cachedForAYear)))
    .use(staticFiles(webDir, caching('no-cache')))
    .get(paths, (_request, response) => {
      const index = join(webDir, 'index.html')
      if (existsSync(index)) response.set('Cache-Control', 'no-cache').sendFile(index)
      else response.status(503).type('html').send(unbuilt)
    })
}

const caching = (cacheControl: string) => ({
  cacheControl: false,
  setHeaders: (response: Response) => void response.set('Cache-Control', cacheControl),
})

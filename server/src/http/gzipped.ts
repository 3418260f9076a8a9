import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { RequestHandler } from 'express'

/** The Cache-Control of files whose name changes with their content. */
export const cachedForAYear = 'public, max-age=31536000, immutable'

/** Matches scripts and styles of the folder itself, not of folders below or above. */
const compressible = /^\/[\w-][\w.-]*\.(js|css)$/

/**
 * Serves a folder's scripts and styles gzipped to clients that accept it. Each file is compressed once and kept in memory, so
 * its name must change with its content.
 */
export function gzipped(folder: string): RequestHandler {
  const kept = new Map<string, Promise<Buffer | null>>()
  const make = async (path: string) => {
    const file = await readFile(join(folder, path)).catch(() => null)
    if (file) return promisify(gzip)(file)
    kept.delete(path)
    return null
  }
  return async (request, response, next) => {
    const { path } = request
    if (!compressible.test(path)) return next()
    response.vary('Accept-Encoding')
    if (!request.acceptsEncodings('gzip')) return next()
    if (!kept.has(path)) kept.set(path, make(path))
    const file = await kept.get(path)
    if (!file) return next()
    response
      .set({ 'Content-Encoding': 'gzip', 'Cache-Control': cachedForAYear })
      .type(path.endsWith('.js') ? 'js' : 'css')
      .send(file)
  }
}

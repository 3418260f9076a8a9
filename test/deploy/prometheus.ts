import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cache = fileURLToPath(new URL('../../.candlewatch/prometheus', import.meta.url))

export interface Programs {
  readonly prometheus: string
  readonly promtool: string
}

/**
 * Prometheus and its promtool: those on the PATH, else Debian's package, unpacked under .candlewatch/ and not installed, so
 * that no service starts. null where neither is to be had; in CI that throws.
 */
export function findPrometheus(): Programs | null {
  const found = present()
  if (found) return found
  const reason = existsSync('/etc/debian_version') ? unpack() : 'this is not Debian'
  const unpacked = present()
  if (unpacked) return unpacked
  const message = `No Prometheus: ${reason}. Put prometheus and promtool on the PATH (Debian: apt-get install prometheus).`
  if (process.env.CI) throw new Error(message)
  console.warn(`LEFT OUT: deploy/ is not checked against a running Prometheus. ${message}`)
  return null
}

function present(): Programs | null {
  for (const folder of [...(process.env.PATH ?? '').split(':'), join(cache, 'usr/bin')]) {
    const [prometheus, promtool] = ['prometheus', 'promtool'].map(name => join(folder, name)) as [string, string]
    if (existsSync(prometheus) && existsSync(promtool)) return { prometheus, promtool }
  }
  return null
}

/** Returns why it did not work; '' when it did. */
function unpack(): string {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'))
  try {
    const download = () => spawnSync('apt-get', ['download', '-qq', 'prometheus'], { cwd: folder, encoding: 'utf8' })
    let result = download()
    // No package lists yet, as in a fresh container. Another test may be updating them: then it is tried again.
    for (let tries = 0; result.status !== 0 && !result.error && process.getuid?.() === 0 && tries < 5; tries += 1) {
      if (spawnSync('apt-get', ['update', '-qq']).status !== 0) pause(3_000)
      result = download()
    }
    const file = readdirSync(folder).find(name => name.endsWith('.deb'))
    if (!file) return `apt-get download failed (${result.stderr?.trim() || result.error?.message})`
    mkdirSync(cache, { recursive: true })
    execFileSync('dpkg-deb', ['-x', join(folder, file), cache])
    return ''
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

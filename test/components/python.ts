import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
const bin = join(root, '.candlewatch/components/python/bin')

/** The path of a program of the environment that install.sh made, such as `python`. */
export function pythonPath(program: string): string {
  const path = join(bin, program)
  if (existsSync(path)) return path
  throw new Error(`Expected ${path}, found nothing. Run npm run test:components, which installs it.`)
}

/** Runs a program of that environment and returns what it prints. */
export function runPython(program: string, args: readonly string[], cwd: string): string {
  return execFileSync(pythonPath(program), args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

import { spawn } from 'node:child_process'
import { serverEnv } from '../env.ts'

/** Runs one of our programs to its end. Returns its exit code and everything that it printed. */
export async function runProgram(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [path, ...args], { env: serverEnv(env), stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', part => {
      text += part
    })
  }
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  return { code, text }
}

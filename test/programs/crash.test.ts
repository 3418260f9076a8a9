import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

// `npm run crash` does it fifty and ten times, with a hundred thousand bars stored.
test('after server and database are killed at random moments, no answer is lost, doubled or changed', async () => {
  const script = fileURLToPath(new URL('../../bench/dist/crash.js', import.meta.url))
  const child = spawn(
    process.execPath,
    [script, '--server', '5', '--database', '2', '--bars', '2000', '--rows', '80'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk))
  const [code] = await once(child, 'close')
  expect(code, output).toBe(0)
  // Ten rows are answered before each of the seven kills, and ten after the last one.
  expect(Number(/^(\d+) rows answered/m.exec(output)?.[1])).toBeGreaterThan(50)
})

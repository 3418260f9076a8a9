import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runData } from './data.ts'

function recorder() {
  const lines: string[] = []
  const errors: string[] = []
  const output = { isTTY: false, line: (text: string) => lines.push(text), error: (text: string) => errors.push(text) }
  return { output, lines, errors }
}

it.each([
  ['no year', [], 'year'],
  ['a year before there was an exchange', ['--year', '2009'], '2017'],
  ['a symbol that would leave the folder', ['--year', '2021', '--symbol', '../../etc'], 'BTCUSDT'],
  ['an interval that has no archive', ['--year', '2021', '--interval', '7h'], '1h'],
  ['an address that is none', ['--year', '2021', '--base-url', 'ftp://x'], 'http'],
])('%s ends with exit code 1 and one line that says what is expected', async (_, args, text) => {
  const { output, errors } = recorder()
  expect(await runData(args, output)).toBe(1)
  expect(errors).toHaveLength(1)
  expect(errors[0]).toContain(text)
  expect(errors[0]).not.toContain('\n')
})

it('a host without archives ends with exit code 1 and one line with the error code', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'candlewatch-data-'))
  const server = createServer((_, response) => response.writeHead(404).end())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { output, errors } = recorder()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect(await runData(['--year', '2021', '--directory', directory, '--base-url', url], output)).toBe(1)
  expect(errors).toEqual([expect.stringMatching(/^error ERR_ARCHIVE_MISSING: .*2021-01\.zip/)])
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  await rm(directory, { recursive: true })
})

it('--help ends with exit code 0 and prints the options', async () => {
  const { output, lines } = recorder()
  expect(await runData(['--help'], output)).toBe(0)
  expect(lines.join('\n')).toContain('--base-url')
})

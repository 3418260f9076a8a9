import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from './server-process.ts'

const ready = `process.send({ ready: true, port: 4711, model: { name: 'm', version: '1' } });`
const forever = 'setInterval(() => {}, 1000);'
const polite = `process.on('SIGTERM', () => { console.log('bye'); process.exit(0) });`

/** Writes a server that consists of this script. */
async function writeServer(script: string, signal = new AbortController().signal) {
  const folder = await mkdtemp(join(tmpdir(), 'server-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [entry, logFile] = [join(folder, 'server.cjs'), join(folder, 'server.log')]
  await writeFile(entry, script)
  return { entry, logFile, start: () => startServer({ entry, env: { GREETING: 'hello' }, logFile, signal }) }
}

test('resolves with the port when it listens, logs to the file, and stops on request', async () => {
  const { start, logFile } = await writeServer(`console.log(process.env.GREETING);${polite}${forever}${ready}`)
  const server = await start()
  expect(server).toMatchObject({ port: 4711, model: { name: 'm', version: '1' } })
  expect(await server.stop({ patienceMs: 5_000 })).toBe(0)
  expect(server.log()).toBe('hello\nbye\n')
  expect(await readFile(logFile, 'utf8')).toBe('hello\nbye\n')
})

test('the log is kept in memory when no log file is given', async () => {
  const { entry } = await writeServer(`console.log('hello');${polite}${forever}${ready}`)
  const server = await startServer({ entry, env: {} })
  await server.stop()
  expect(server.log()).toBe('hello\nbye\n')
})

test('a server that does not stop on request is killed after the timeout', async () => {
  const { start } = await writeServer(`process.on('SIGTERM', () => {});${forever}${ready}`)
  expect(await (await start()).stop({ patienceMs: 1 })).toBeNull()
})

test('a server that cannot start is reported with its reason and the end of its log', async () => {
  const { start } = await writeServer(`console.log('ERR_PORT_TAKEN: 3000 is taken'); process.exit(1)`)
  const started = start()
  await expect(started).rejects.toMatchObject({ code: 'ERR_SERVER_LOST' })
  await expect(started).rejects.toThrow(/exit code 1(.|\n)*3000 is taken/)
})

test('a server that crashes later is reported', async () => {
  const { start } = await writeServer(`${ready}process.on('disconnect', () => {});setImmediate(() => process.abort())`)
  await expect((await start()).lost).rejects.toMatchObject({ code: 'ERR_SERVER_LOST' })
})

test('aborting during the start stops the server and rejects with the reason', async () => {
  const stop = new AbortController()
  const { start } = await writeServer(`${polite}${forever}`, stop.signal)
  const started = start()
  stop.abort(new Error('Ctrl-C'))
  await expect(started).rejects.toThrow('Ctrl-C')
})

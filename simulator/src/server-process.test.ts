import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from './server-process.ts'

const ready = `process.send({ ready: true, port: 4711, model: { name: 'm', version: '1' } });`
const forever = 'setInterval(() => {}, 1000);'
const polite = `process.on('SIGTERM', () => { console.log('bye'); process.exit(0) });`

/** A server that is only this script. */
async function serverOf(script: string, signal = new AbortController().signal) {
  const folder = await mkdtemp(join(tmpdir(), 'server-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [entry, logFile] = [join(folder, 'server.cjs'), join(folder, 'server.log')]
  await writeFile(entry, script)
  return { started: startServer({ entry, env: { GREETING: 'hello' }, logFile, signal }), logFile }
}

test('resolves with the port when it listens, logs to the file, and stops when asked', async () => {
  const { started, logFile } = await serverOf(`console.log(process.env.GREETING);${polite}${forever}${ready}`)
  const server = await started
  expect(server).toMatchObject({ port: 4711, model: { name: 'm', version: '1' } })
  await server.stop(5_000)
  expect(await readFile(logFile, 'utf8')).toBe('hello\nbye\n')
})

test('one that does not stop when asked: killed when patience ends', async () => {
  const { started } = await serverOf(`process.on('SIGTERM', () => {});${forever}${ready}`)
  await (await started).stop(1)
})

test('one that cannot start: its reason and the end of its log', async () => {
  const { started } = await serverOf(`console.log('ERR_PORT_TAKEN: 3000 is taken'); process.exit(1)`)
  await expect(started).rejects.toMatchObject({ code: 'ERR_SERVER_LOST' })
  await expect(started).rejects.toThrow(/exit code 1(.|\n)*3000 is taken/)
})

test('one that crashes later: noticed', async () => {
  const { started } = await serverOf(`${ready}process.on('disconnect', () => {});setImmediate(() => process.abort())`)
  await expect((await started).lost).rejects.toMatchObject({ code: 'ERR_SERVER_LOST' })
})

test('interrupted while it starts: it is stopped and the reason handed on', async () => {
  const stop = new AbortController()
  const { started } = await serverOf(`${polite}${forever}`, stop.signal)
  stop.abort(new Error('Ctrl-C'))
  await expect(started).rejects.toThrow('Ctrl-C')
})

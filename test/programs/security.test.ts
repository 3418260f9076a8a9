import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ServerProcess } from '@candlewatch/adapters/processes/server-process'
import { chromiumFlags, findChromium } from '@candlewatch/bench/chromium'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makePlace } from '../replay.ts'
import { startTestServer } from '../server.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const root = fileURLToPath(new URL('../..', import.meta.url))
let place: Awaited<ReturnType<typeof makePlace>>
let server: ServerProcess
let browser: Browser
let key: string

/** Makes a key as `npm run keys` does, in the database of the server. */
async function keys(...argv: string[]): Promise<string> {
  const env = { ...process.env, DATABASE_URL: '', DATA_DIR: join(place.folder, 'postgres') }
  return (await promisify(execFile)(process.execPath, [join(root, 'server/dist/keys-main.js'), ...argv], { env }))
    .stdout
}

beforeAll(async () => {
  place = await makePlace()
  // 0.0.0.0 is refused before anything listens there: there is no key yet.
  const refused = await startTestServer(place.folder, { HOST: '0.0.0.0' }).catch((error: Error) => error.message)
  expect(refused).toMatch(/ERR_KEYS_NONE: .*HOST is 0\.0\.0\.0.*npm run keys -- add/)
  key = /^cw_\w+/.exec(await keys('add', '--name', 'the test', '--scope', 'admin'))![0]
  server = await startTestServer(place.folder, { REQUIRE_KEYS: 'true', LOG_LEVEL: 'trace' })
  browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags })
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await place?.remove()
})

test('a browser signs in with a key, sees the page and signs out; the form passes axe, and no policy is violated', async () => {
  const page = await browser.newPage({ viewport: { width: 390, height: 800 } })
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
  await page.goto(server.url)
  const form = page.getByTestId('sign-in')
  await form.waitFor()
  // Evaluated, not added as a script: the policy of the page does not allow it.
  const { violations } = (await page.evaluate(`(() => { ${axeSource}; return axe.run() })()`)) as {
    violations: { id: string }[]
  }
  expect(violations.map(({ id }) => id)).toEqual([])
  await page.getByLabel('API key').fill('cw_wrong')
  await page.keyboard.press('Enter')
  await page.getByText('This key is unknown, wrong or revoked.').waitFor()
  await page.getByLabel('API key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByTestId('connection').waitFor()
  expect(await page.evaluate('document.cookie')).toBe('')
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await form.waitFor()
  expect(complaints).toEqual([])
})

test('no secret is in the log, whatever was requested and however it failed', async () => {
  const secret = key.split('_')[2]!
  const authorization = `Bearer ${key}`
  const ask = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init)
  const json = { 'content-type': 'application/json' }
  const signedIn = await ask('/api/session', { method: 'POST', headers: json, body: JSON.stringify({ key }) })
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
  await ask('/api/bars', { headers: { authorization } })
  await ask(`/api/bars?key=${key}&limit=x`, { headers: { cookie, 'x-request-id': key } })
  await ask('/predict_anomaly', { method: 'POST', headers: { ...json, authorization }, body: `{"key":"${key}"` })
  await ask('/api/bars', { headers: { authorization: `Basic ${key}` } })
  const code = await server.stop()
  const output = server.log()
  expect(code).toBe(0)
  expect(output).toContain('API key required')
  expect(output).toMatch(/"status":401/)
  expect(output).not.toContain(secret)
  expect(output).not.toContain(cookie.split('=')[1])
})

import { request } from 'node:http'
import { expect } from 'vitest'
import type { Ask, Claim, Holds, Scenario } from './parse.ts'
import { dateOf } from './rows.ts'

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: unknown
}

/** Plays a scenario against a server. Returns how many verdicts were ever given to its market, withdrawn ones too. */
export async function play(url: string, { market, steps }: Scenario): Promise<number> {
  for (const step of steps) {
    if (step.kind === 'ask') checkAnswer(step, await send(url, step))
    else await checkStored(url, market, step)
  }
  const { verdicts, corrections } = await stored(url, market)
  return verdicts.length + corrections.reduce((sum, one) => sum + (one.withdrawn as number), 0)
}

/** Not fetch: a server may answer before it has read all of a body. */
function send(url: string, { method, path, headers, body }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', chunk => {
        text += chunk
      })
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response
        resolve({ status, headers, body: /json/.test(headers['content-type'] ?? '') ? JSON.parse(text) : text })
      })
    })
    sent.once('error', reject)
    sent.end(body ?? undefined)
  })
}

function checkAnswer({ line, status, code, claims }: Ask, { headers, body, status: found }: Answer): void {
  const said = `> ${line}\n${JSON.stringify(body).slice(0, 2_000)}`
  expect(found, said).toBe(status)
  expect(headers['x-request-id'], said).toBeTruthy()
  expect((body as { code?: string }).code ?? null, said).toBe(code)
  if (code !== null) expect(headers['content-type'], said).toMatch(/^application\/problem\+json/)
  for (const claim of claims) check(claim, body, said)
}

async function checkStored(url: string, market: string, step: Holds): Promise<void> {
  const all = await stored(url, market)
  if (step.kind === 'count') {
    const found = Object.fromEntries(Object.keys(step.counts).map(what => [what, all[what as 'bars'].length]))
    expect(found, `= ${step.line}`).toEqual(step.counts)
    return
  }
  const said = `= ${step.claim.line}`
  const list = all[`${step.what}s` as const]
  const one = step.what === 'feed' ? list[0] : list.findLast(({ date }) => date === dateOf(step.hour))
  expect(one, `${said}: there is none of ${dateOf(step.hour)}`).toBeDefined()
  check(step.claim, one, said)
}

function check({ path, test, line }: Claim, value: unknown, said: string): void {
  const found = path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .reduce((it, key) => (it as Record<string, unknown> | null)?.[key], value)
  const what = `${line}\n${said}`
  if ('equals' in test) expect(found, what).toEqual(test.equals)
  else expect(String(found), what).toContain(test.contains)
}

/** Hourly rows of that market, oldest first, and what goes with them. */
async function stored(url: string, market: string) {
  const get = async (what: string): Promise<Record<string, unknown>[]> => {
    const response = await fetch(`${url}/api/${what}?market=${market}&limit=10000`)
    return ((await response.json()) as Record<string, Record<string, unknown>[]>)[what]!
  }
  const [bars, verdicts, corrections, feeds] = await Promise.all([
    get('bars'),
    get('verdicts'),
    get('corrections'),
    get('feeds'),
  ])
  return { bars: bars!, verdicts: verdicts!, corrections: corrections!, feeds: feeds! }
}

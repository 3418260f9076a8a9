import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const script = fileURLToPath(new URL('../.ci/audit.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'candlewatch-audit-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the audit on an answer of the registry. */
function judged(answer: unknown, accepted: readonly object[] = []) {
  const file = join(folder, 'report.json')
  writeFileSync(file, typeof answer === 'string' ? answer : JSON.stringify(answer))
  const list = join(folder, 'accepted.json')
  writeFileSync(list, JSON.stringify(accepted))
  const args = [script, '--report', file, '--accepted', list]
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { status, stdout }
}

const hole = (severity: string, url = `https://github.com/advisories/GHSA-${severity}`) => ({
  source: 1,
  name: 'left-pad',
  severity,
  url,
  title: 'Pads too much',
})

test.each(['high', 'critical'])('a %s vulnerability in production dependencies fails and is named once', severity => {
  const vulnerabilities = {
    'left-pad': { severity, via: [hole(severity)] },
    express: { severity, via: ['left-pad', hole(severity)] },
  }
  const { status, stdout } = judged({ vulnerabilities })
  expect(status).toBe(1)
  expect(stdout).toMatch(new RegExp(`^audit: ${severity} in left-pad: Pads too much .*\naudit: answered. 1 high`))
})

test('a high vulnerability that is accepted with a reason passes, and the reason is shown', () => {
  const vulnerabilities = { 'left-pad': { severity: 'high', via: [hole('high')] } }
  const { status, stdout } = judged({ vulnerabilities }, [{ advisory: 'GHSA-high', reason: 'we never pad' }])
  expect([status, stdout]).toEqual([0, expect.stringContaining('accepted: we never pad')])
})

test('lesser vulnerabilities, or none, pass, and the output says that the registry answered', () => {
  for (const vulnerabilities of [{}, { 'left-pad': { severity: 'moderate', via: [hole('moderate')] } }]) {
    expect(judged({ vulnerabilities })).toEqual({
      status: 0,
      stdout: 'audit: answered. 0 high or critical to mend, 0 accepted.\n',
    })
  }
})

test.each([
  [{ message: '405 Method Not Allowed - POST https://registry', error: { summary: '' } }],
  [{ error: { summary: 'audit endpoint returned an error' } }],
  ['<html>proxy</html>'],
  [''],
])('a registry that does not answer (%j) passes with a clear warning that nothing is known', answer => {
  const { status, stdout } = judged(answer)
  expect(status).toBe(0)
  expect(stdout).toContain('NOT ANSWERED')
})

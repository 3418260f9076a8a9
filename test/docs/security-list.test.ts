import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/security.md', root), 'utf8')
const threats = page.slice(page.indexOf('## Threats')).match(/^\| (?!threat |---).+\|$/gm)!

test('docs/security.md lists its threats, each with a test', () => {
  expect(threats.length).toBeGreaterThan(30)
  for (const threat of threats) expect(threat).toMatch(/^\| [^|]+ \| [^|]+ \| `[\w./-]+`: [^|]+ \|$/)
})

test.each(threats.map(threat => /`([\w./-]+)`: ([^|]+) \|$/.exec(threat)!.slice(1) as [string, string]))(
  '%s has the test "%s"',
  (file, name) => {
    const path = new URL(file, root)
    expect(existsSync(path)).toBe(true)
    const source = readFileSync(path, 'utf8')
    // As a string of its own, which is how a test is named; a comment or a part of another name is none.
    const named = ["'", '"'].some(quote => new RegExp(`[(,]\\s*${quote}${escaped(name)}${quote},`).test(source))
    expect(named).toBe(true)
  },
)

test('every setting about access is explained, and every explained one exists', async () => {
  const { accessEnv } = await import('@candlewatch/server/platform/access-env')
  const listed = [...page.matchAll(/`([A-Z][A-Z_]{3,})`/g)].map(([, name]) => name!)
  for (const name of Object.keys(accessEnv)) expect(listed).toContain(name)
  const known = [...Object.keys(accessEnv), 'HOST', 'API_KEY']
  const rows = page.match(/^\| `[A-Z_]+`.*\|$/gm)!
  for (const [, name] of rows.flatMap(row => [...row.split('|')[1]!.matchAll(/`(\w+)`/g)]))
    expect(known).toContain(name)
})

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

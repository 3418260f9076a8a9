// Asks the registry for known holes in what is installed for production. High or critical ones fail, unless
// .ci/audit-accepted.json lists them with a reason. Not every registry answers (mirrors often don't): that is said, and
// no failure, since nothing was found out. `--report FILE` judges an answer that is at hand, `--accepted FILE` by another list.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const given = option('--report')
const report = parse(given ? readFileSync(given, 'utf8') : ask())
if (report?.vulnerabilities === undefined) {
  const why = report?.message ?? report?.error?.summary ?? 'no answer that can be read'
  console.log(`audit: NOT ANSWERED by the registry (${why}). Nothing is known of the dependencies, good or bad.`)
  process.exit(0)
}
const accepted = JSON.parse(
  readFileSync(option('--accepted') ?? new URL('audit-accepted.json', import.meta.url), 'utf8'),
)
const found = holes(report.vulnerabilities)
const open = found.filter(hole => !accepted.some(({ advisory }) => hole.url.endsWith(`/${advisory}`)))
for (const { name, severity, title, url } of found) {
  const reason = accepted.find(({ advisory }) => url.endsWith(`/${advisory}`))?.reason
  console.log(`audit: ${severity} in ${name}: ${title} (${url})${reason ? `, accepted: ${reason}` : ''}`)
}
console.log(`audit: answered. ${open.length} high or critical to mend, ${found.length - open.length} accepted.`)
process.exit(open.length > 0 ? 1 : 0)

function option(name) {
  const at = process.argv.indexOf(name)
  return at > 0 ? process.argv[at + 1] : undefined
}

function ask() {
  const args = ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=20000']
  return spawnSync('npm', args, { encoding: 'utf8', timeout: 60_000, shell: process.platform === 'win32' }).stdout ?? ''
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Each advisory once: `via` holds it where it begins, and only the name of a package further up. */
function holes(vulnerabilities) {
  const all = Object.values(vulnerabilities).flatMap(({ via }) => via.filter(one => typeof one === 'object'))
  const serious = all.filter(({ severity }) => severity === 'high' || severity === 'critical')
  return [...new Map(serious.map(one => [one.url, one])).values()]
}

import { jsonOf, ordinaryRow, type RawRow } from './rows.ts'

/** `path: value` is equality, `path ~ words` is text that contains them. */
export interface Claim {
  readonly line: string
  readonly path: string
  readonly test: { readonly equals: unknown } | { readonly contains: string }
}

export interface Ask {
  readonly kind: 'ask'
  readonly line: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly status: number
  readonly code: string | null
  readonly claims: readonly Claim[]
}

/** A claim about the database: the number of its rows, or the content of one of them. */
export type Holds =
  | { readonly kind: 'count'; readonly line: string; readonly counts: Readonly<Record<string, number>> }
  | {
      readonly kind: 'holds'
      readonly what: 'bar' | 'verdict' | 'correction' | 'feed'
      readonly hour: number
      readonly claim: Claim
    }

export interface Scenario {
  readonly title: string
  readonly market: string
  readonly steps: readonly (Ask | Holds)[]
}

/** The notation of README.md. Throws for a line that it does not know. */
export function parseScenario(name: string, text: string): Scenario {
  const market = `scenario:${name}`
  const lines = text.split('\n').filter(line => line.trim() !== '')
  const [title = ''] = lines
  if (!title.startsWith('# ')) throw new Error(`${name}: expected a title, "# …", in the first line.`)
  const steps: (Ask | Holds)[] = []
  for (let i = 0; i < lines.length; ) {
    const sign = lines[i]![0]
    const until = lines.findIndex((line, n) => n > i && line[0] !== sign)
    const block = lines.slice(i, until < 0 ? undefined : until)
    const said = block.map(line => line.slice(2))
    i += block.length
    if (sign === '>') {
      const end = lines.findIndex((line, n) => n >= i && line[0] !== '<')
      const expected = lines.slice(i, end < 0 ? undefined : end)
      steps.push(askOf(market, said, expected))
      i += expected.length
    } else if (sign === '=') steps.push(...said.map(holdsOf))
    else if (sign !== '#') throw new Error(`${name}: expected a line that begins with # > < or =, found "${block[0]}".`)
  }
  return { title: title.slice(2), market, steps }
}

function askOf(market: string, said: readonly string[], expected: readonly string[]): Ask {
  const [first = ''] = said
  const [, status, code = null] = /^< (\d{3})(?: (ERR_\w+))?$/.exec(expected[0] ?? '') ?? []
  if (status === undefined) throw new Error(`Expected "< status" or "< status CODE" after "${first}".`)
  return {
    kind: 'ask',
    line: first,
    ...(/^[A-Z]+ /.test(first) ? written(market, said) : short(market, said)),
    status: Number(status),
    code,
    claims: expected.slice(1).map(line => claimOf(line.slice(2))),
  }
}

/** A request as HTTP writes it: method and path, headers, an empty line, the body. */
function written(market: string, said: readonly string[]) {
  const filled = said.map(line => fill(market, line))
  const [method = '', path = ''] = filled[0]!.split(' ')
  const end = filled.indexOf('')
  const headers = filled.slice(1, end < 0 ? undefined : end).map(line => line.split(/: ?(.*)/s).slice(0, 2))
  return {
    method,
    path,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: end < 0 ? null : filled.slice(end + 1).join('\n'),
  }
}

function fill(market: string, line: string): string {
  return line
    .replaceAll('{market}', market)
    .replace(/\{row (\d+)\}/g, (_, hour) => jsonOf(ordinaryRow(market, Number(hour))))
    .replace(/\{(\d+) times (.+?)\}/g, (_, count, what: string) => what.repeat(Number(count)))
}

/** Rows of the ordinary market, changed or not. */
function short(market: string, [first = '', ...more]: readonly string[]) {
  const [, verb, list = '', changes = ''] = /^(rows|row|correct row) ([\d., ]*\d)(.*)$/.exec(first) ?? []
  if (verb === undefined) throw new Error(`Expected "row …", "rows …", "correct row …" or a method, found "${first}".`)
  const rows = hoursOf(list).map(hour => changed(ordinaryRow(market, hour), changes))
  for (const line of more) {
    const [, at, but = ''] = /^but row (\d+)(.*)$/.exec(line) ?? []
    if (at === undefined) throw new Error(`Expected "but row …", found "${line}".`)
    rows[Number(at)] = changed(rows[Number(at)]!, but)
  }
  const body = verb === 'rows' ? `[${rows.map(jsonOf).join(',')}]` : jsonOf(rows[0]!)
  const path = verb === 'correct row' ? '/api/corrections' : '/predict_anomaly'
  return { method: 'POST', path, headers: { 'Content-Type': 'application/json' }, body }
}

/** `0..9, 12` */
function hoursOf(list: string): number[] {
  return list.split(',').flatMap(part => {
    const [from = 0, to = from] = part.split('..').map(Number)
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })
}

/** ` with high 90, low "x" without close because "…"` */
function changed(row: RawRow, changes: string): RawRow {
  const next = new Map(row)
  for (const [, verb, rest = ''] of changes.matchAll(/ (with|without|because) (.*?)(?= without | because |$)/gs)) {
    if (verb === 'because') next.set('reason', rest)
    else if (verb === 'without') for (const name of rest.split(', ')) next.delete(name)
    else for (const [, name, value] of rest.matchAll(/(\w+) ("(?:[^"\\]|\\.)*"|[^\s,]+)/g)) next.set(name!, value!)
  }
  return next
}

function holdsOf(line: string): Holds {
  if (/^\d+ (bars?|verdicts?|corrections?)(,|$)/.test(line)) {
    const counts = line.split(', ').map(part => part.split(' ') as [string, string])
    return {
      kind: 'count',
      line,
      counts: Object.fromEntries(counts.map(([count, what]) => [`${what.replace(/s$/, '')}s`, Number(count)])),
    }
  }
  const [, what, hour = '0', rest] = /^(bar|verdict|correction|feed)(?: (\d+))? (.+)$/.exec(line) ?? []
  if (rest === undefined) throw new Error(`Expected such as "= 3 bars" or "= verdict 5 status: …", found "${line}".`)
  return { kind: 'holds', what: what as 'bar', hour: Number(hour), claim: { ...claimOf(rest), line } }
}

function claimOf(line: string): Claim {
  const [, path = '', sign, rest = ''] = /^([\w.[\]-]+)( ~|:) (.*)$/.exec(line) ?? []
  if (sign === undefined) throw new Error(`Expected "path: value" or "path ~ words", found "${line}".`)
  return { line, path, test: sign === ':' ? { equals: JSON.parse(rest) } : { contains: rest } }
}

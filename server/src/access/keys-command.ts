import { type KeyStore, type Scope, scopes } from '@candlewatch/adapters/stores/keys'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import { nth } from '@candlewatch/core/nth'
import type { Ms } from '@candlewatch/core/types'
import { newKey } from './keys.ts'

const usage = `npm run keys -- add --name NAME --scope ${scopes.join('|')}
npm run keys -- list
npm run keys -- revoke ID`

/** Does what `npm run keys` was asked; returns what to print. Throws ERR_OPTION_INVALID, ERR_KEY_UNKNOWN. */
export async function keysCommand(
  argv: readonly string[],
  openStore: () => Promise<KeyStore>,
  now: Ms,
): Promise<string> {
  const [verb, ...rest] = argv
  if (verb === 'add') {
    const { name, scope } = added(rest)
    const { record, text } = newKey(name, scope, now)
    await (await openStore()).addKey(record)
    return `${text}\n\nThis is the only time that it is shown. It may ${may[scope]}; npm run keys -- revoke ${record.id} ends it.`
  }
  if (verb === 'list' && rest.length === 0) return list(await openStore())
  if (verb === 'revoke' && rest.length === 1) {
    const [id] = rest as [string]
    if (await (await openStore()).revokeKey(id, now)) return `The key ${id} is revoked, and every session with it.`
    throw new CandlewatchError(
      'ERR_KEY_UNKNOWN',
      `Expected the id of a key, found "${id}". npm run keys -- list shows them.`,
    )
  }
  throw new CandlewatchError('ERR_OPTION_INVALID', `Expected one of these:\n${usage}`)
}

const may: Readonly<Record<Scope, string>> = {
  read: 'look at everything',
  ingest: 'post rows and marks, and look at everything',
  admin: 'do everything',
}

function added(rest: readonly string[]): { readonly name: string; readonly scope: Scope } {
  const options = new Map<string, string>()
  for (let i = 0; i < rest.length; i += 2) options.set(nth(rest, i), rest[i + 1] ?? '')
  const name = options.get('--name') ?? ''
  const scope = scopes.find(one => one === options.get('--scope'))
  const unknown = [...options.keys()].find(option => option !== '--name' && option !== '--scope')
  if (/^[^\p{Cc}]{1,100}$/u.test(name) && scope && unknown === undefined) return { name, scope }
  throw new CandlewatchError(
    'ERR_OPTION_INVALID',
    `Expected --name with a text of at most 100 characters and --scope with one of ${scopes.join(', ')}, found "${rest.join(' ')}". As in:\n${usage}`,
  )
}

async function list(store: KeyStore): Promise<string> {
  const keys = await store.keys()
  if (keys.length === 0) return 'There is no key yet. npm run keys -- add --name NAME --scope admin makes one.'
  const date = (at: Ms | null, none: string) => (at === null ? none : isoDate(at))
  const rows = keys.map(({ id, name, scope, createdAt, usedAt, revokedAt }) => [
    ...[id, scope.padEnd(6), date(createdAt, '').slice(0, 10)],
    ...[revokedAt === null ? `used ${date(usedAt, 'never').slice(0, 13)}` : `revoked ${isoDate(revokedAt)}`, name],
  ])
  return rows.map(row => row.join('  ')).join('\n')
}

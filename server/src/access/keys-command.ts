import { type KeyStore, type Scope, scopes } from '@candlewatch/adapters/stores/keys'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import { nth } from '@candlewatch/core/nth'
import type { Ms } from '@candlewatch/core/types'
import { newKey } from './keys.ts'

const usage = `npm run keys -- add --name NAME --scope ${scopes.join('|')}
npm run keys -- list
npm run keys -- revoke ID`

/** Runs `npm run keys` with these arguments and returns the text to print. Throws ERR_OPTION_INVALID, ERR_KEY_UNKNOWN. */
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
    return `${text}\n\nThis key is shown only once. It may ${may[scope]}. To revoke it: npm run keys -- revoke ${record.id}`
  }
  if (verb === 'list' && rest.length === 0) return list(await openStore())
  if (verb === 'revoke' && rest.length === 1) {
    const [id] = rest as [string]
    if (await (await openStore()).revokeKey(id, now)) return `Key ${id} and its sessions are revoked.`
    throw new CandlewatchError(
      'ERR_KEY_UNKNOWN',
      `Expected the id of a key, found "${id}". npm run keys -- list shows them.`,
    )
  }
  throw new CandlewatchError('ERR_OPTION_INVALID', `Expected one of these:\n${usage}`)
}

const may: Readonly<Record<Scope, string>> = {
  read: 'read everything',
  ingest: 'read everything, and post rows and marks',
  admin: 'make every call',
}

function added(rest: readonly string[]): { readonly name: string; readonly scope: Scope } {
  const options = new Map<string, string>()
  for (let i = 0; i < rest.length; i += 2) options.set(nth(rest, i), rest[i + 1] ?? '')
  const name = options.get('--name') ?? ''
  const scope = scopes.find(one => one === options.get('--scope'))
  const unknown = [...options.keys()].find(option => option !== '--name' && option !== '--scope')
  if (/^[^\p{Cc}\p{Cs}]{1,100}$/u.test(name) && scope && unknown === undefined) return { name, scope }
  throw new CandlewatchError(
    'ERR_OPTION_INVALID',
    `Expected --name with a text of at most 100 characters, without control characters, and --scope with one of ${scopes.join(', ')}, found "${rest.join(' ')}". Usage:\n${usage}`,
  )
}

async function list(store: KeyStore): Promise<string> {
  const keys = await store.keys()
  if (keys.length === 0) return 'No keys yet. Create one: npm run keys -- add --name NAME --scope admin'
  const date = (at: Ms | null, none: string) => (at === null ? none : isoDate(at))
  const rows = keys.map(({ id, name, scope, createdAt, usedAt, revokedAt }) => [
    ...[id, scope.padEnd(6), date(createdAt, '').slice(0, 10)],
    ...[revokedAt === null ? `used ${date(usedAt, 'never').slice(0, 13)}` : `revoked ${isoDate(revokedAt)}`, name],
  ])
  return rows.map(row => row.join('  ')).join('\n')
}

import { readFileSync } from 'node:fs'
import { errorCodes } from '@candlewatch/api/values/errors'
import { expect, it } from 'vitest'

it('docs/errors.md lists the codes of the program, with the same text and HTTP status', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const listed = Object.fromEntries(
    [...page.matchAll(/^\| `(ERR_\w+)` \| (\d+) \| (.+) \|$/gm)].map(([, code, status, text]) => [
      code,
      { text, status: Number(status) },
    ]),
  )
  expect(listed).toEqual(errorCodes)
})

import { readFileSync } from 'node:fs'
import { errorCodes } from '@candlewatch/core/errors'
import { expect, it } from 'vitest'

it('docs/errors.md lists the codes that the code has, with the same words', () => {
  const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8')
  const listed = Object.fromEntries(
    [...page.matchAll(/^\| `(ERR_\w+)` \| (.+) \|$/gm)].map(([, code, text]) => [code, text]),
  )
  expect(listed).toEqual(errorCodes)
})

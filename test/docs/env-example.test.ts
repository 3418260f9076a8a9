import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { envSchema as lab } from '@candlewatch/lab/env'
import { envSchema as server } from '@candlewatch/server/platform/env'
import { envSchema as simulator } from '@candlewatch/simulator/env'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('.env.example is what npm run env:example writes', async () => {
  const { envExample } = await import(new URL('../../scripts/env-example-text.mjs', import.meta.url).href)
  expect(readFileSync(`${root}.env.example`, 'utf8')).toBe(envExample({ server, simulator, lab }, root))
})

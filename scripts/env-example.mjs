// Writes .env.example from the schemas of the programs, which must be built.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { envSchema as lab } from '../lab/dist/env.js'
import { envSchema as server } from '../server/dist/platform/env.js'
import { envSchema as simulator } from '../simulator/dist/env.js'
import { envExample } from './env-example-text.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
writeFileSync(`${root}.env.example`, envExample({ server, simulator, lab }, root))

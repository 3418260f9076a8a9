import { readFileSync } from 'node:fs'

// Both src/ and dist/ lie one folder below the package.
const { version: found } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

/** The version of this program. */
export const version: string = found

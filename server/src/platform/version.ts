import { readFileSync } from 'node:fs'

// Both src/ and dist/ are one folder below the package root.
const { version: found } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

/** The version of this program. */
export const version: string = found

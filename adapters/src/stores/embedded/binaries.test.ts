import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBinaries } from './binaries.ts'
import type { Place } from './place.ts'

let place: Place

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), 'candlewatch-binaries-'))
  place = { home, data: join(home, 'data'), owner: null }
})

afterAll(() => rm(place.home, { recursive: true, force: true }))

test('without data, a server of version 15 or later that has initdb is chosen', async () => {
  const found = await findBinaries(place)
  expect(found.major).toBeGreaterThanOrEqual(15)
  expect(found.version).toMatch(/^\d+(\.\d+)?/)
})

test('with data, the version that wrote it is chosen, even where a newer one is installed', async () => {
  const { major } = await findBinaries(place)
  await mkdir(place.data)
  await writeFile(join(place.data, 'PG_VERSION'), `${major}\n`)
  expect((await findBinaries(place)).major).toBe(major)
  await writeFile(join(place.data, 'PG_VERSION'), '9.6\n')
  await expect(findBinaries(place)).rejects.toMatchObject({ code: 'ERR_DATABASE_UNAVAILABLE' })
})

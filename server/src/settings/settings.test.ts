import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { usualSettings } from '@candlewatch/adapters/stores/settings'
import type { Market, Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { makeLog } from '../platform/log.ts'
import { btc } from '../serving.suite.ts'
import { openSettings, type SettingsParts } from './settings.ts'

function parts(change: Partial<SettingsParts> = {}) {
  const told: number[] = []
  let now = 0
  return {
    told,
    store: memoryStore(),
    log: makeLog('silent'),
    clock: { now: () => ++now as Ms },
    changed: (budget: { alarmsPerWeek: number }) => void told.push(budget.alarmsPerWeek),
    ...change,
  }
}

test('the default is one alarm per week, a tenth of it for the feed, and is stored once', async () => {
  const given = parts()
  await openSettings(given)
  const settings = await openSettings(given)
  expect(settings.general()).toMatchObject({ alarmsPerWeek: 1, feedShare: 0.1 })
  expect(await settings.generalHistory()).toHaveLength(1)
})

test('a change is stored before it takes effect and is published; the same again changes nothing; it survives a restart', async () => {
  const given = parts()
  const settings = await openSettings(given)
  const changed = await settings.changeGeneral({ alarmsPerWeek: 2, note: 'Too quiet.' })
  expect(settings.general()).toEqual(changed)
  expect(await settings.changeGeneral({ alarmsPerWeek: 2, note: 'Again.' })).toEqual(changed)
  expect((await settings.generalHistory()).map(one => [one.alarmsPerWeek, one.note])).toEqual([
    [2, 'Too quiet.'],
    [1, 'The first budget.'],
  ])
  expect(given.told).toEqual([1, 2])
  expect((await openSettings(given)).general()).toEqual(changed)
})

test('a different budget in the environment is a change at the start', async () => {
  const given = parts()
  await (await openSettings(given)).changeGeneral({ alarmsPerWeek: 2, note: '' })
  const settings = await openSettings({ ...given, alarmsPerWeek: 3 })
  expect(settings.general()).toMatchObject({ alarmsPerWeek: 3, feedShare: 0.1 })
  await openSettings({ ...given, alarmsPerWeek: 3 })
  expect(await settings.generalHistory()).toHaveLength(3)
  expect((await openSettings({ ...given, feedShare: 0 })).general()).toMatchObject({ alarmsPerWeek: 3, feedShare: 0 })
})

test('a change that the database does not store does not take effect', async () => {
  const given = parts()
  const settings = await openSettings(given)
  given.store.addBudget = () => Promise.reject(new Error('disk full'))
  await expect(settings.changeGeneral({ alarmsPerWeek: 5, note: '' })).rejects.toThrow('disk full')
  expect(settings.general().alarmsPerWeek).toBe(1)
  expect(given.told).toEqual([1])
})

test('a stream has the general budget until it has one of its own; a lane that is off has no part of it', async () => {
  const settings = await openSettings(parts())
  const change = (change: object) => settings.change(btc, { settings: change, note: '' })
  expect(settings.of(btc)).toEqual(usualSettings)
  expect(settings.budgetOf(btc)).toEqual({ alarmsPerWeek: 1, feedShare: 0.1 })
  await change({ alarmsPerWeek: 5 })
  await settings.changeGeneral({ alarmsPerWeek: 2, note: '' })
  expect(settings.budgetOf(btc)).toEqual({ alarmsPerWeek: 5, feedShare: 0.1 })
  expect(settings.budgetOf({ ...btc, market: 'a:b' as Market })).toEqual({ alarmsPerWeek: 2, feedShare: 0.1 })
  await change({ feedLane: false, leastSizePercent: 3 })
  expect(settings.budgetOf(btc)).toEqual({ alarmsPerWeek: 5, feedShare: 0 })
  await change({ alarmsPerWeek: null, feedLane: true, marketLane: false })
  expect(settings.budgetOf(btc)).toEqual({ alarmsPerWeek: 2, feedShare: 1 })
  expect(settings.of(btc)).toMatchObject({ leastSizePercent: 3 })
})

test('settings of a stream are stored before they take effect, published and kept; the same again changes nothing', async () => {
  const published: string[] = []
  const given = parts({ streamChanged: ({ note }) => void published.push(note) })
  const settings = await openSettings(given)
  await settings.change(btc, { settings: { alarmsPerWeek: 3 }, note: 'louder' })
  await settings.change(btc, { settings: { alarmsPerWeek: 3, leastSizePercent: undefined }, note: 'again' })
  await settings.change(btc, { settings: { leastSizePercent: 0.5 }, note: 'no noise' })
  expect((await settings.history(btc)).map(({ note }) => note)).toEqual(['no noise', 'louder'])
  expect(published).toEqual(['louder', 'no noise'])
  given.store.addSettings = () => Promise.reject(new Error('disk full'))
  await expect(settings.change(btc, { settings: { alarmsPerWeek: 9 }, note: '' })).rejects.toThrow('disk full')
  expect(settings.of(btc)).toMatchObject({ alarmsPerWeek: 3, leastSizePercent: 0.5 })
  expect((await openSettings(given)).of(btc)).toEqual(settings.of(btc))
})

test('both lanes cannot be off', async () => {
  const settings = await openSettings(parts())
  await settings.change(btc, { settings: { marketLane: false }, note: '' })
  await expect(settings.change(btc, { settings: { feedLane: false }, note: '' })).rejects.toMatchObject({
    code: 'ERR_SETTINGS_INVALID',
    field: 'feedLane',
  })
  expect(settings.of(btc)).toMatchObject({ marketLane: false, feedLane: true })
})

test('what another server has stored is in force after it was read, and a deleted stream has no settings', async () => {
  const published: string[] = []
  const store = memoryStore()
  const given = parts({ store })
  const [one, other] = [
    await openSettings(given),
    await openSettings({ ...given, streamChanged: ({ note }) => void published.push(note) }),
  ]
  await one.change(btc, { settings: { alarmsPerWeek: 3 }, note: 'louder' })
  await one.changeGeneral({ alarmsPerWeek: 4, note: '' })
  await other.refresh()
  await other.refresh()
  expect([other.budgetOf(btc).alarmsPerWeek, other.general().alarmsPerWeek]).toEqual([3, 4])
  expect(published).toEqual(['louder'])
  await store.deleteStream(btc)
  await other.refresh()
  expect(other.of(btc)).toEqual(usualSettings)
})

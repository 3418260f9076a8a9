import { detectors } from '@candlewatch/api/values/detectors'
import { expect, it } from 'vitest'
import { hourMs } from '../time.ts'
import { detectorIds, makeDetectors, registry } from './registry.ts'

const unlearned = { residualOverScale: 0.5 }

it('every detector has an entry, texts, and its own id', () => {
  expect(detectorIds).toEqual(Object.keys(registry))
  expect([...detectorIds].sort()).toEqual(Object.keys(detectors).sort())
  expect(makeDetectors({ model: unlearned, naive: unlearned }, hourMs).map(({ id }) => id)).toEqual(detectorIds)
})

it('the detectors of price misses and of the feed are drivers, all others observers', () => {
  const drivers = detectorIds.filter(id => registry[id].kind === 'driver')
  expect(drivers).toEqual(['residual', 'naive-residual', 'feed'])
})

it('each call makes fresh detectors, which share nothing', () => {
  const make = () => makeDetectors({ model: unlearned, naive: unlearned }, hourMs)
  const [first, second] = [make(), make()]
  for (const [i, detector] of first.entries()) expect(detector).not.toBe(second[i])
})

import { modelId } from '@candlewatch/core/verdict'
import { modelMissing } from '../../models/model-files.ts'
import type { ModelFile, ModelRecord, ModelStore, Promotion, Trial } from '../models.ts'

/** The model registry in memory. */
export function memoryModels(): ModelStore {
  const models = new Map<string, ModelRecord>()
  const files = new Map<string, readonly ModelFile[]>()
  const promotions: Promotion[] = []
  const trials = new Map<string, Trial>()
  const championOf = (name: string) => [...models.values()].find(one => one.name === name && one.state === 'champion')
  const filesOf = (name: string, version: string) => files.get(modelId({ name, version })) ?? []
  const sorted = () => [...models.values()].sort((a, b) => order(a.name, b.name) || order(a.version, b.version))
  const set = (record: ModelRecord) => models.set(modelId(record), structuredClone(record))

  return {
    async saveModel(record) {
      set(record)
    },
    async addModel(record, added) {
      const id = modelId(record)
      if ((models.get(id)?.state ?? 'refused') === 'refused') set(record)
      const kept = new Map(filesOf(record.name, record.version).map(one => [one.file, one]))
      for (const one of added) {
        if ((kept.get(one.file)?.sha256 ?? one.sha256) === one.sha256) kept.set(one.file, structuredClone(one))
      }
      files.set(
        id,
        [...kept.values()].sort((a, b) => order(a.file, b.file)),
      )
    },
    async models() {
      return structuredClone(sorted())
    },
    async modelStates() {
      return sorted().map(({ name, version, state, reason }) => {
        return { name, version, state, reason, hasFiles: filesOf(name, version).length > 0 }
      })
    },
    async model(name, version) {
      return structuredClone(models.get(modelId({ name, version })) ?? null)
    },
    async modelHashes(name, version) {
      return filesOf(name, version).map(({ file, sha256 }) => ({ file, sha256 }))
    },
    async modelFiles(name, version) {
      return structuredClone(filesOf(name, version))
    },
    async promote({ name, version, at, because }) {
      const chosen = models.get(modelId({ name, version }))
      if (!chosen) throw modelMissing(name, version)
      if (chosen.state === 'champion') return null
      const before = championOf(name)
      if (before) set({ ...before, state: 'retired', reason: null })
      set({ ...chosen, state: 'champion', reason: null })
      const promotion = { name, version, previous: before?.version ?? null, at, because }
      promotions.unshift(promotion)
      return promotion
    },
    async champion(name) {
      return structuredClone(championOf(name) ?? null)
    },
    async promotions(name, limit) {
      return promotions.filter(one => one.name === name).slice(0, limit)
    },
    async saveTrial(trial) {
      const { name, challenger, champion, from, to } = trial
      trials.set([name, challenger, champion, from, to].join(' '), structuredClone(trial))
    },
    async trials(name) {
      return structuredClone([...trials.values()].filter(one => one.name === name).sort((a, b) => b.at - a.at))
    },
  }
}

// By code unit, as PostgreSQL does under `collate "C"`.
const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

import type { Ms } from '@candlewatch/core/types'
import type { ImportStore, StoredImport } from '../imports.ts'

/** Imports in memory. */
export function memoryImports(isValid: (epoch: number) => boolean): ImportStore {
  const kept = new Map<string, Omit<StoredImport, 'isHeld'> & { readonly epoch: number }>()
  const stored = ({
    job,
    changedAt,
    epoch,
  }: { readonly epoch: number } & Omit<StoredImport, 'isHeld'>): StoredImport => ({
    job: structuredClone(job),
    isHeld: isValid(epoch),
    changedAt,
  })
  return {
    async saveImport(job, epoch) {
      kept.set(job.id, { job: structuredClone(job), epoch, changedAt: Date.now() as Ms })
    },
    async imports(limit) {
      return [...kept.values()].reverse().slice(0, limit).map(stored)
    },
    async import(id) {
      const found = kept.get(id)
      return found ? stored(found) : null
    },
  }
}

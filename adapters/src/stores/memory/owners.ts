import { type Stream, streamKey } from '@candlewatch/core/time'
import { type JudgedWrites, type OwnerStore, type Process, streamMoved } from '../owners.ts'

/** The owners of streams in memory. `writes` are those of the store, unchecked. `disown` leaves a stream without an owner. */
export function memoryOwners(
  writes: () => JudgedWrites,
): OwnerStore & { disown(stream: Stream): void; isValid(epoch: number): boolean } {
  const processes = new Map<number, Process & { readonly validUntil: number }>()
  const owners = new Map<string, number>()
  let lastEpoch = 0
  const isValid = (epoch: number | undefined) =>
    epoch !== undefined && (processes.get(epoch)?.validUntil ?? 0) > performance.now()

  return {
    async register({ address, key }, validMs) {
      lastEpoch += 1
      processes.set(lastEpoch, { epoch: lastEpoch, address, key, validUntil: performance.now() + validMs })
      return lastEpoch
    },
    async renew({ epoch, address }, validMs) {
      const found = processes.get(epoch)
      if (!found || !isValid(epoch)) return null
      processes.set(epoch, { epoch, address, key: found.key, validUntil: performance.now() + validMs })
      return [...processes.values()]
        .filter(one => isValid(one.epoch))
        .map(one => ({ epoch: one.epoch, address: one.address, key: one.key }))
    },
    async claim(stream, epoch) {
      if (!isValid(epoch)) return null
      const owner = owners.get(streamKey(stream))
      if (owner !== undefined && isValid(owner)) return owner
      owners.set(streamKey(stream), epoch)
      return epoch
    },
    isValid,
    disown: stream => void owners.delete(streamKey(stream)),
    async leave(epoch) {
      processes.delete(epoch)
    },
    writesOf(epoch) {
      const owned =
        <Stores extends Stream, Rest extends readonly unknown[], Result>(
          write: (stream: Stores, ...rest: Rest) => Promise<Result>,
        ) =>
        async (stream: Stores, ...rest: Rest): Promise<Result> => {
          if (owners.get(streamKey(stream)) !== epoch) throw streamMoved(stream)
          return write(stream, ...rest)
        }
      return {
        commit: owned((...args) => writes().commit(...args)),
        correct: owned((...args) => writes().correct(...args)),
        saveBeginning: owned((...args) => writes().saveBeginning(...args)),
        saveKnownScores: owned((...args) => writes().saveKnownScores(...args)),
        saveSnapshot: owned((...args) => writes().saveSnapshot(...args)),
      }
    },
  }
}

import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportStore, StoredImport } from '@candlewatch/adapters/stores/imports'
import type { Import } from '@candlewatch/api/imports'
import { isoDate } from '@candlewatch/core/interval'
import type { Log } from '../platform/log.ts'
import type { CheckedFile, FileOptions } from './import-file.ts'
import type { Imports } from './imports.ts'

/** The imports of all servers on the database. Each is run by the server that received the file. */
export interface SharedImports {
  check(input: Readable, options: FileOptions): Promise<CheckedFile>
  /** Starts an import here, once it is stored that it begins. */
  start(input: Readable, options: FileOptions): Promise<Import>
  /** The last imports, newest first. */
  list(): Promise<readonly Import[]>
  get(id: string): Promise<Import | null>
  /** Stops an import, on whichever server it runs; null if there is no such import. */
  stop(id: string): Promise<Import | null>
  /** Stores the progress of an import that runs here. */
  save(job: Import): Promise<void>
  /** Stops the import that runs here. */
  close(): Promise<void>
}

/** The parts that it works with. */
export interface SharedImportsParts {
  /** The imports of this server. */
  readonly here: Imports
  readonly store: ImportStore
  /** The present registration of this process. */
  epoch(): number
  /** Asks the server that runs an import to stop it. */
  stopElsewhere(id: string): void
  readonly log: Log
}

const listed = 20
/** How long a stop waits until the end of an import is stored. */
const lastSaveMs = 2_000

/** Makes the imports of all servers. */
export function shareImports({ here, store, epoch, stopElsewhere, log }: SharedImportsParts): SharedImports {
  let saving = Promise.resolve()

  return {
    check: here.check,
    async start(input, options) {
      const begun = await here.start(input, options)
      await save(begun)
      return begun
    },
    async list() {
      return (await store.imports(listed)).map(shown)
    },
    get,
    async stop(id) {
      if (here.get(id) === null) stopElsewhere(id)
      return here.stop(id) ?? get(id)
    },
    save,
    async close() {
      await here.close()
      await Promise.race([saving, sleep(lastSaveMs, undefined, { ref: false })])
    },
  }

  async function get(id: string): Promise<Import | null> {
    const stored = await store.import(id)
    return stored && shown(stored)
  }

  /** An import that runs here is shown as it is now; one whose server is gone has failed. */
  function shown({ job, isHeld, changedAt }: StoredImport): Import {
    const running = here.get(job.id)
    if (running) return running
    if (job.state !== 'running' || isHeld) return job
    const detail = `The server that imported the file ended after ${job.done} of its ${job.rows} rows. Send the file again: it continues there.`
    return { ...job, state: 'failed', endedAt: isoDate(changedAt), error: { code: 'ERR_IMPORT_INTERRUPTED', detail } }
  }

  /** Progress that cannot be stored is made up by the next; the rows themselves are stored or the import fails. */
  function save(job: Import): Promise<void> {
    saving = saving
      .then(() => store.saveImport(job, epoch()))
      .catch(err => log.warn({ err, import: job.id }, 'the progress of an import could not be stored'))
    return saving
  }
}

import type { Import } from '@candlewatch/api/imports'
import type { Ms } from '@candlewatch/core/types'

/** An import as its server has stored it last. */
export interface StoredImport {
  readonly job: Import
  /** False if the server that stored it is gone, or was not renewed in time. */
  readonly isHeld: boolean
  readonly changedAt: Ms
}

/** The last hundred imports of files, by all servers. */
export interface ImportStore {
  /** Adds an import or replaces it. `epoch` is the registration of the process that imports the file. */
  saveImport(job: Import, epoch: number): Promise<void>
  /** Returns the newest first. */
  imports(limit: number): Promise<readonly StoredImport[]>
  import(id: string): Promise<StoredImport | null>
}

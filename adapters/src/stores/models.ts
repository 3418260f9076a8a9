import type { Ms } from '@candlewatch/core/types'

/** The champion serves; a candidate never has; a retired model once did; a refused one can't. */
export type ModelState = 'champion' | 'candidate' | 'retired' | 'refused'

/** A model version that was found, and its state. */
export interface ModelRecord {
  readonly name: string
  readonly version: string
  /** The checksum in its manifest when it was first found complete; null before. */
  readonly sha256: string | null
  /** Such as `1h`; null if the manifest could not be read, like the two below. */
  readonly interval: string | null
  readonly manifest: Readonly<Record<string, unknown>> | null
  readonly createdAt: Ms | null
  readonly foundAt: Ms
  readonly state: ModelState
  /** Why it is in this state, if there is more to say. */
  readonly reason: string | null
}

/** One change of champion. */
export interface Promotion {
  readonly name: string
  readonly version: string
  /** The champion before it; null if there was none that could serve. */
  readonly previous: string | null
  readonly at: Ms
  readonly because: string
}

/** A comparison of a challenger and the champion over the same stored bars. */
export interface Trial {
  readonly name: string
  readonly challenger: string
  readonly champion: string
  /** Opens of the first and the last bar judged. */
  readonly from: Ms
  readonly to: Ms
  readonly bars: number
  /** Alarms of the challenger that the champion didn't raise; `fewer` is the reverse. */
  readonly more: number
  readonly fewer: number
  /** Opens of the bars that alarmed, oldest first, ISO 8601 UTC. */
  readonly alarms: { readonly challenger: readonly string[]; readonly champion: readonly string[] }
  /** Mean absolute error of high and low, quote currency. */
  readonly challengerError: number
  readonly championError: number
  /** True if the promotion rule was met; `because` gives the reason. */
  readonly passed: boolean
  readonly because: string
  readonly at: Ms
}

/** The state of a version, without its manifest. */
export interface ModelSummary extends Pick<ModelRecord, 'name' | 'version' | 'state' | 'reason'> {
  /** True if the version's files are stored. */
  readonly hasFiles: boolean
}

/** A stored file of a version. */
export interface ModelFile {
  /** Such as `weights.bin`. */
  readonly file: string
  /** SHA-256 of the bytes when they were stored, hexadecimal. */
  readonly sha256: string
  readonly bytes: Uint8Array
}

/** A record that can be saved: only `promote` makes a champion. */
export type SavedModel = ModelRecord & { readonly state: Exclude<ModelState, 'champion'> }

/** The model registry. Each name has at most one champion. */
export interface ModelStore {
  /** Adds a model or replaces its record. */
  saveModel(record: SavedModel): Promise<void>
  /**
   * Adds a model together with its files, in one transaction. A known version keeps its record unless it was refused, and keeps
   * the files that it has.
   */
  addModel(record: SavedModel, files: readonly ModelFile[]): Promise<void>
  /** Returns all models by name, then version. */
  models(): Promise<readonly ModelRecord[]>
  /** Returns the states of all models by name, then version. */
  modelStates(): Promise<readonly ModelSummary[]>
  model(name: string, version: string): Promise<ModelRecord | null>
  /** Returns the files of a version without their bytes, by name; none if they are not stored. */
  modelHashes(name: string, version: string): Promise<readonly Omit<ModelFile, 'bytes'>[]>
  /** Returns the files of a version as they are stored, by name. Nothing is checked. */
  modelFiles(name: string, version: string): Promise<readonly ModelFile[]>
  /**
   * Retires the champion, makes the version the champion and logs the change, in one transaction. Returns null if it is the
   * champion already. Throws ERR_MODEL_MISSING.
   */
  promote(promotion: Omit<Promotion, 'previous'>): Promise<Promotion | null>
  champion(name: string): Promise<ModelRecord | null>
  /** Returns the newest first. */
  promotions(name: string, limit: number): Promise<readonly Promotion[]>
  /** Replaces a trial of the same two models over the same bars. */
  saveTrial(trial: Trial): Promise<void>
  /** Returns the newest first. */
  trials(name: string): Promise<readonly Trial[]>
}

import type { Ms } from '@candlewatch/core/types'

/** The champion serves; a candidate never has; a retired model once did; a refused one can't. */
export type ModelState = 'champion' | 'candidate' | 'retired' | 'refused'

/** A model folder that was found, and its state. */
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

/** The model registry. Each name has at most one champion. */
export interface ModelStore {
  /** Adds a model or replaces its record. Only `promote` makes a champion. */
  saveModel(record: ModelRecord & { readonly state: Exclude<ModelState, 'champion'> }): Promise<void>
  /** Returns all models by name, then version. */
  models(): Promise<readonly ModelRecord[]>
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

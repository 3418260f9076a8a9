import type { Ms } from '@candlewatch/core/types'

/** The champion serves; a candidate never did, a retired one did; a refused one cannot. */
export type ModelState = 'champion' | 'candidate' | 'retired' | 'refused'

/** A model folder as it was found, and what became of it. */
export interface ModelRecord {
  readonly name: string
  readonly version: string
  /** As its manifest says, since it was first found whole; null before. */
  readonly sha256: string | null
  /** `1h`; null where the manifest could not be read, as the two below. */
  readonly interval: string | null
  readonly manifest: Readonly<Record<string, unknown>> | null
  readonly createdAt: Ms | null
  readonly foundAt: Ms
  readonly state: ModelState
  /** Why it is in this state, where there is more to say. */
  readonly reason: string | null
}

/** One change of champion. */
export interface Promotion {
  readonly name: string
  readonly version: string
  /** The champion before it; null where there was none that could serve. */
  readonly previous: string | null
  readonly at: Ms
  readonly because: string
}

/** A challenger and the champion over the same stored bars. */
export interface Trial {
  readonly name: string
  readonly challenger: string
  readonly champion: string
  /** Opens of the first and the last bar judged. */
  readonly from: Ms
  readonly to: Ms
  readonly bars: number
  /** Alarms of the challenger that the champion did not raise; `fewer` is the reverse. */
  readonly more: number
  readonly fewer: number
  /** Opens of the bars that alarmed, oldest first, ISO 8601 UTC. */
  readonly alarms: { readonly challenger: readonly string[]; readonly champion: readonly string[] }
  /** Mean absolute error of high and low, quote currency. */
  readonly challengerError: number
  readonly championError: number
  /** Whether the promotion rule was met, and why. */
  readonly passed: boolean
  readonly because: string
  readonly at: Ms
}

/** The part of a store that knows models. At most one champion a name. */
export interface ModelStore {
  /** Adds a model, or replaces what was known of it. A champion is made by `promote` alone. */
  saveModel(record: ModelRecord & { readonly state: Exclude<ModelState, 'champion'> }): Promise<void>
  /** By name, then version, oldest first. */
  models(): Promise<readonly ModelRecord[]>
  /** Retires the champion, puts the version in its place and logs it, in one transaction. null: it is the champion already. Throws ERR_MODEL_MISSING. */
  promote(promotion: Omit<Promotion, 'previous'>): Promise<Promotion | null>
  champion(name: string): Promise<ModelRecord | null>
  /** Newest first. */
  promotions(name: string, limit: number): Promise<readonly Promotion[]>
  /** A trial of the same two over the same bars is replaced. */
  saveTrial(trial: Trial): Promise<void>
  /** Newest first. */
  trials(name: string): Promise<readonly Trial[]>
}

import type { Market } from '@candlewatch/core/types'
import { ask, jsonHeaders as headers, patienceMs } from './ask.ts'

/** Mean absolute error beside the naive forecast's, quote currency, and how often the 90 % range held. */
export interface Measured {
  readonly mae: number
  readonly baselineMae: number
  readonly coverage90: number
}

export type ModelState = 'champion' | 'candidate' | 'retired' | 'refused'

/** A challenger and the champion over the same bars. Dates are opens. */
export interface Trial {
  readonly champion: string
  readonly from: string
  readonly to: string
  readonly bars: number
  readonly more: number
  readonly fewer: number
  readonly moreAt: readonly string[]
  readonly fewerAt: readonly string[]
  readonly error: number
  readonly championError: number
  readonly passed: boolean
  readonly because: string
  readonly at: string
}

/** A row of `GET /api/models`. What its manifest does not tell is null. */
export interface Version {
  /** name@version */
  readonly id: string
  readonly name: string
  readonly version: string
  readonly state: ModelState
  readonly reason: string | null
  readonly interval: string | null
  readonly trainedFrom: string | null
  readonly trainedTo: string | null
  readonly createdAt: string | null
  /** Over its validation window. */
  readonly metrics: {
    readonly bars?: number
    readonly from?: string
    readonly to?: string
    readonly high?: Measured
    readonly low?: Measured
  } | null
  readonly trial: Trial | null
}

export interface Loss {
  readonly epoch: number
  readonly training: number
  readonly validation: number | null
}

export interface Figures {
  readonly market: Market
  readonly bars: number
  readonly validationFrom: string
  readonly refitted: boolean
  readonly seconds: number
  readonly backend: string
  readonly seeds: readonly number[]
  readonly settings: {
    readonly epochs: number
    readonly batchSize: number
    readonly learningRate: number
    readonly distillation: number
  }
  readonly network: {
    readonly lookback: number
    readonly members: number
    readonly units: number
    readonly parameters: number
  }
  readonly features: { readonly features: readonly string[] }
  readonly curves: readonly {
    readonly network: number
    readonly kept: number | null
    readonly losses: readonly Loss[]
  }[]
}

export interface VersionDetail extends Version {
  readonly figures: Figures | null
  readonly trials: readonly Trial[]
}

export interface Promotions {
  /** Newest first. */
  readonly promotions: readonly {
    readonly version: string
    readonly previous: string | null
    readonly at: string
    readonly because: string
  }[]
  /** Where a rollback leads. */
  readonly earlier: string | null
}

export type TrainingSize = 'full' | 'quick'

/** An epoch that ended: of a part of the teacher, or of a network. */
export interface TrainingLoss extends Loss {
  readonly learner: 'teacher' | 'network'
  readonly number: number
  readonly again: boolean
}

export interface RowsRead {
  readonly bars: number
  readonly from: string
  readonly to: string
}

/** The training under way, or the last one. */
export interface Training {
  readonly state: 'idle' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly startedBy: 'hand' | 'schedule' | null
  readonly size: TrainingSize | null
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly model: string | null
  readonly market: string | null
  readonly interval: string | null
  readonly rows: RowsRead | null
  readonly phase: 'reading' | 'teaching' | 'learning' | 'measuring' | 'trying' | null
  readonly says: string
  readonly share: number
  readonly epoch: number
  readonly epochs: number
  readonly secondsLeft: number | null
  readonly losses: readonly TrainingLoss[]
  readonly version: string | null
}

/** What a next training would learn from. */
export interface Outlook {
  /** Whose versions serve. */
  readonly model: string
  readonly market: string
  readonly interval: string
  readonly rows: RowsRead | null
  readonly refusal: string | null
}

const soon = () => ({ signal: AbortSignal.timeout(patienceMs) })
const post = (body: object) => ({ method: 'POST', headers, body: JSON.stringify(body) })
const at = (id: string) => `/api/models/${encodeURIComponent(id)}`

export async function fetchVersions(): Promise<readonly Version[]> {
  return (await ask<{ models: Version[] }>('/api/models', soon())).models
}

export function fetchVersion(id: string): Promise<VersionDetail> {
  return ask(at(id), soon())
}

export function fetchPromotions(name: string): Promise<Promotions> {
  return ask(`${at(name)}/promotions`, soon())
}

export function promote(id: string, because: string): Promise<Version> {
  return ask(`${at(id)}/promote`, post(because === '' ? {} : { because }))
}

export function rollBack(name: string, because: string): Promise<Version> {
  return ask(`${at(name)}/rollback`, post(because === '' ? {} : { because }))
}

/** Runs it over the last 30 days beside the champion: some seconds. */
export function tryVersion(id: string): Promise<Version> {
  return ask(`${at(id)}/trial`, post({}))
}

export function fetchTraining(): Promise<Training & { readonly next: Outlook }> {
  return ask('/api/training', soon())
}

export function startTraining(size: TrainingSize): Promise<Training> {
  return ask('/api/models/retrain', post({ size }))
}

/** Answers when it has ended. */
export function cancelTraining(): Promise<Training> {
  return ask('/api/training', { method: 'DELETE' })
}

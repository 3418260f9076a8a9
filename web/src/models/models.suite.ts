import type { Model, ModelDetail, PromotionLog, Trial } from '@candlewatch/api/models'
import type { Training, TrainingOutlook } from '@candlewatch/api/training'

/** A trial that met the rule: 5 % better over a month, one alarm more and two fewer. */
export function trial(change: Partial<Trial> = {}): Trial {
  return {
    champion: '1',
    from: '2021-05-01T00:00:00Z',
    to: '2021-05-30T23:00:00Z',
    bars: 720,
    more: 1,
    fewer: 2,
    moreAt: ['2021-05-12T00:00:00Z'],
    fewerAt: ['2021-05-03T05:00:00Z', '2021-05-04T05:00:00Z'],
    error: 95,
    championError: 100,
    passed: true,
    because: 'Its error is 5.0 % lower.',
    at: '2021-06-01T00:00:00Z',
    ...change,
  }
}

/** A version of the model `m`: a candidate without a trial. */
export function model(version: string, change: Partial<Model> = {}): Model {
  return {
    id: `m@${version}`,
    name: 'm',
    version,
    state: 'candidate',
    reason: null,
    sha256: null,
    interval: '1h',
    trainedFrom: '2020-01-01T00:00:00Z',
    trainedTo: '2020-12-31T23:00:00Z',
    createdAt: '2021-01-01T00:00:00Z',
    metrics: null,
    trial: null,
    ...change,
  }
}

/** A version with nothing known about its training. */
export function detail(version: Model): ModelDetail {
  return { ...version, figures: null, trials: [] }
}

/** The champion `1` and one promotion of it. */
export const promotions: PromotionLog = {
  promotions: [{ name: 'm', version: '1', previous: null, at: '2021-01-01T00:00:00Z', because: 'The first one.' }],
  earlier: null,
}

/** 2,000 bars to learn from. */
export const nextTraining: TrainingOutlook = {
  model: 'm',
  market: 'bitstamp:BTC-USD',
  interval: '1h',
  rows: { bars: 2_000, from: '2021-01-01T00:00:00Z', to: '2021-03-25T07:00:00Z' },
  rowsWanted: 1_000,
  refusal: null,
}

/** No training since the server started. */
export const idle: Training = {
  state: 'idle',
  startedBy: null,
  size: null,
  startedAt: null,
  endedAt: null,
  model: null,
  market: null,
  interval: null,
  rows: null,
  phase: null,
  says: '',
  share: 0,
  epoch: 0,
  epochs: 0,
  secondsLeft: null,
  losses: [],
  version: null,
}

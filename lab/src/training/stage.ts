import { folds } from './teacher.ts'
import { epochsOf, type TrainingOptions } from './training.ts'

/** Who learns at an epoch of a training. */
export interface Stage {
  readonly learner: 'teacher' | 'network'
  /** From 1: which fold of the teacher, or which network. */
  readonly number: number
  readonly of: number
  /** Once more, on all rows. */
  readonly again: boolean
  /** The epoch of this learner, from 1. */
  readonly epoch: number
}

/** Returns the stage of an epoch. Epochs are counted across everything that learns: a teacher's folds, the members, and both again. */
export function stageOf(
  epoch: number,
  options: Pick<TrainingOptions, 'members' | 'epochs' | 'distillation' | 'refit'>,
): Stage {
  const { epochs, members, distillation } = options
  const once = epochsOf({ ...options, refit: false })
  const before = (epoch - 1) % once
  const taught = distillation > 0 ? folds * epochs : 0
  const learner = before < taught ? 'teacher' : 'network'
  return {
    learner,
    number: Math.floor((before < taught ? before : before - taught) / epochs) + 1,
    of: learner === 'teacher' ? folds : members,
    again: epoch > once,
    epoch: (before % epochs) + 1,
  }
}

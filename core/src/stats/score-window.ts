import { SortedWindow } from './sorted-window.ts'

/** The last `capacity` scores, in order of size: what a calibrator learns from, saves and loads. */
export class ScoreWindow {
  protected readonly window: SortedWindow

  constructor(capacity: number, scores: readonly number[] = []) {
    this.window = new SortedWindow(capacity)
    this.window.load(scores)
  }

  /** Oldest first. */
  get scores(): readonly number[] {
    return this.window.toArray()
  }

  save(): Uint8Array {
    return this.window.save()
  }

  load(state: Uint8Array): void {
    this.window.restore(state)
  }
}

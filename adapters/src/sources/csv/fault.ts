import { CandlewatchError } from '@candlewatch/core/errors'

/** Why a line cannot be right. `column` is null when it is the line as a whole. */
export interface LineFault {
  readonly line: number
  readonly column: string | null
  readonly expected: string
  readonly found: string
}

/** Told of each fault as it is found. May throw: then reading ends there. */
export type ReportFault = (fault: LineFault) => void

/** Ends reading at the first fault, which is what a program that cannot go on without the file wants. */
export function refuseFirst(fileName: string): ReportFault {
  return ({ line, column, expected, found }) => {
    const where = column === null ? `line ${line}` : `line ${line}, column ${column}`
    const message = `${fileName}, ${where}: expected ${expected}, found ${found}. Correct or delete the line, then run again.`
    throw new CandlewatchError('ERR_CSV_ROW', message, column === null ? {} : { field: column })
  }
}

export interface FaultList {
  readonly report: ReportFault
  /** The first ones, by line. */
  readonly first: readonly LineFault[]
  readonly count: number
}

/** Counts every fault and keeps the first `most` by line, in whatever order they come: a file of nothing else must not fill the memory. */
export function makeFaultList(most: number): FaultList {
  const kept: LineFault[] = []
  let count = 0
  const cut = () => {
    kept.sort((a, b) => a.line - b.line)
    kept.splice(most)
  }
  return {
    report(fault) {
      count += 1
      kept.push(fault)
      if (kept.length >= 2 * most) cut()
    },
    get first() {
      cut()
      return [...kept]
    },
    get count() {
      return count
    },
  }
}

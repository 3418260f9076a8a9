import { CandlewatchError } from '@candlewatch/core/errors'

/** Why a line cannot be right. `column` is null if the fault is in the line as a whole. */
export interface LineFault {
  readonly line: number
  readonly column: string | null
  readonly expected: string
  readonly found: string
}

/** Receives each fault as it is found. If it throws, reading ends. */
export type ReportFault = (fault: LineFault) => void

/** Ends reading at the first fault, for programs that cannot continue without the file. */
export function refuseFirst(fileName: string): ReportFault {
  return ({ line, column, expected, found }) => {
    const where = column === null ? `line ${line}` : `line ${line}, column ${column}`
    const message = `${fileName}, ${where}: expected ${expected}, found ${found}. Correct or delete the line, then run again.`
    throw new CandlewatchError('ERR_CSV_ROW', message, column === null ? {} : { field: column })
  }
}

/** The faults of a file: all are counted, the first are kept. */
export interface FaultList {
  readonly report: ReportFault
  /** The first faults by line. */
  readonly first: readonly LineFault[]
  readonly count: number
}

/** Counts all faults and keeps the first `max` by line, in whatever order they come, so that a file full of faults does not fill the memory. */
export function makeFaultList(max: number): FaultList {
  const kept: LineFault[] = []
  let count = 0
  const cut = () => {
    kept.sort((a, b) => a.line - b.line)
    kept.splice(max)
  }
  return {
    report(fault) {
      count += 1
      kept.push(fault)
      if (kept.length >= 2 * max) cut()
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

import { readFile } from 'node:fs/promises'
import { CandlewatchError } from '@candlewatch/core/errors'

/** A line of a small CSV file, for files that are read whole and whose mistakes are reported by line. */
export interface CsvLine {
  readonly cells: readonly string[]
  /** The line's number in the file, from 1. */
  readonly line: number
}

/** Reads a small CSV file; empty lines are left out. Throws ERR_CSV_MISSING, with the reason, if the file cannot be read. */
export async function readCsvLines(file: string): Promise<readonly CsvLine[]> {
  const text = await readText(file)
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .flatMap((written, i) => (written.trim() === '' ? [] : [{ cells: cellsOf(written), line: i + 1 }]))
}

function cellsOf(line: string): string[] {
  return line.split(',').map(cell => cell.trim().replace(/^"(.*)"$/, '$1'))
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const message = `${file}: expected a CSV file that can be read, found none (${code}). Check the path and its permissions.`
    throw new CandlewatchError('ERR_CSV_MISSING', message, { cause })
  }
}

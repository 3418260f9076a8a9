import { readFile } from 'node:fs/promises'
import { CandlewatchError } from '@candlewatch/core/errors'

/** A small file as text. Throws ERR_CSV_MISSING, with the reason, for one that cannot be read. */
export async function readCsv(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const message = `${file}: expected a CSV file that can be read, found none (${code}). Check the path and its permissions.`
    throw new CandlewatchError('ERR_CSV_MISSING', message, { cause })
  }
}

import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { CandlewatchError } from '@candlewatch/core/errors'

/** A file that a program writes at the end. */
export interface OutputFile {
  readonly file: string
  readonly text: string
}

/** Writes all of the files or none: each is written under a temporary name and renamed once all are. Throws ERR_OPTION_INVALID. */
export async function writeFiles(files: readonly OutputFile[]): Promise<void> {
  const temporary = (file: string) => `${resolve(file)}.${process.pid}.part`
  try {
    for (const { file, text } of files) {
      await orRefused(file, mkdir(dirname(resolve(file)), { recursive: true }))
      await orRefused(file, writeFile(temporary(file), text))
    }
    for (const { file } of files) await orRefused(file, rename(temporary(file), resolve(file)))
  } finally {
    for (const { file } of files) await rm(temporary(file), { force: true }).catch(() => {})
  }
}

async function orRefused(file: string, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (cause) {
    const message = `${file}: expected a place that can be written, found ${(cause as NodeJS.ErrnoException).code}. Name another file.`
    throw new CandlewatchError('ERR_OPTION_INVALID', message, { cause })
  }
}

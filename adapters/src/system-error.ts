/** Returns the code of an error of the operating system, a driver or `fetch`, such as `ECONNREFUSED`; null if it has none. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if ('code' in error && typeof error.code === 'string') return error.code
  return codeOf(error.cause)
}

/** Returns the code of an error or, if it has none, its message. */
export function reasonOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.message : String(error))
}

/**
 * Makes the environment of a server for a benchmark: a private database, any free port, one model for the made-up markets so
 * that figures of several versions can be compared, and the given variables.
 */
export function serverEnv(own: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return { ...process.env, DATABASE_URL: '', PORT: '0', LOG_LEVEL: 'warn', MODEL: 'btc-usd-1h', ...own }
}

/** The browser to use in place of the one that is found; undefined for none. */
export function chromiumPath(): string | undefined {
  return process.env.CHROMIUM_PATH
}

/** The environment of a server that a bench starts: a private database, any free port, and what is said here. */
export function serverEnv(own: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return { ...process.env, DATABASE_URL: '', PORT: '0', LOG_LEVEL: 'warn', ...own }
}

/** The browser that is wanted in place of the one that is found. */
export function chromiumPath(): string | undefined {
  return process.env.CHROMIUM_PATH
}

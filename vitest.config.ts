import { defineConfig } from 'vitest/config'

// "source" makes workspace imports resolve to the TypeScript sources, so that tests never run a stale build.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    include: ['*/src/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
    // A hang ends here; a slow machine does not fail.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})

import { defineConfig } from 'vitest/config'

// "source" makes workspace imports resolve to the TypeScript sources, so that tests never run a stale build.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    include: ['*/src/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
    // These end a test that hangs. They are long, so that a slow machine does not fail; tests don't set shorter ones.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 240_000, interval: 20 } },
  },
})

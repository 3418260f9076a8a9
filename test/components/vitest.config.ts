import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** `npm run test:components`: tests that need more than Node, PostgreSQL and a browser. install.sh installs it. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    include: ['test/components/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})

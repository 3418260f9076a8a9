import { configDefaults, defineConfig } from 'vitest/config'

/** Tests that start a database, a browser or a whole program, or train a model. All others are `npm run test:unit`. */
const withPrograms = [
  'adapters/src/stores/{embedded,postgres}/*.test.ts',
  'bench/src/fuzz/{fuzz,invariants}.test.ts',
  'lab/src/{backtest,evaluate,train,tune}.test.ts',
  'lab/src/detection/detect.test.ts',
  'lab/src/training/teacher.test.ts',
  'test/page*.test.ts',
  'test/{deploy,page,programs,scenarios}/**/*.test.ts',
]

// "source" makes workspace imports resolve to the TypeScript sources, so that tests never run a stale build.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    // A hang ends here; a slow machine does not fail.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Shorter than a test may take, so that a condition that never comes true is reported with what was found.
    expect: { poll: { timeout: 100_000, interval: 20 } },
    // With --coverage. Programs that tests start as processes of their own are not measured.
    coverage: {
      provider: 'v8',
      include: ['{api,core,lstm,adapters,server,simulator,lab,web}/src/**/*.{ts,tsx}'],
      exclude: ['**/*.{test,suite}.{ts,tsx}', '**/*.d.ts'],
      reporter: ['text-summary', 'json-summary', 'lcovonly'],
      reportOnFailure: true,
      // Floors, in percent of lines.
      thresholds: {
        'core/src/**': { lines: 96 },
        'server/src/**': { lines: 94 },
        'adapters/src/**': { lines: 93 },
      },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['*/src/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...withPrograms, 'test/components/**'],
        },
      },
      { extends: true, test: { name: 'programs', include: withPrograms, testTimeout: 300_000, hookTimeout: 300_000 } },
    ],
  },
})

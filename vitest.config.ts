import { defineConfig } from 'vitest/config'

const BROWSER = 'test/browser/**/*.test.ts'

export default defineConfig({
  test: {
    reporters: ['default', './test/support/skip-reporter.ts'],
    // Two cores are what a small machine has; more workers only fight over them.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [BROWSER],
          // Longer than one wait of a test: both only end what hangs.
          testTimeout: 90_000,
          hookTimeout: 90_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        // After all others: a browser takes what processor there is, and some of those let time run twenty times as fast.
        test: {
          name: 'browser',
          include: [BROWSER],
          testTimeout: 120_000,
          hookTimeout: 90_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})

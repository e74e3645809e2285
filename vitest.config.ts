import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/support/skip-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Two cores are what a small machine has; more workers only fight over them.
    maxWorkers: 2,
  },
})

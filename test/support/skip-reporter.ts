import type { Reporter, TestModule } from 'vitest/node'

/** Tells at the end what tests have missed, one line for each thing: vitest counts skipped tests, and keeps the reasons to itself. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const missed = new Map<string, number>()
    for (const module of modules)
      for (const test of module.children.allTests('skipped')) {
        const result = test.result()
        const reason = result.state === 'skipped' ? result.note : undefined
        if (reason !== undefined) missed.set(reason, (missed.get(reason) ?? 0) + 1)
      }
    for (const [reason, count] of missed) console.log(`skipped ${count}: ${reason}`)
  }
}

import type { Chorus } from '../chorus.js'

/** What the keys do, in one line. */
export const KEY_HELP = 'Keys: r raid of 100 · b five questions · e everybody answers · q quit'

/** The status line: what every bot does, then the whole. */
export function demoStatus({ router }: Pick<Chorus, 'router'>, { sent }: { readonly sent: number }): string {
  const { global, bots } = router.getQueueMetrics()
  const lanes = Object.entries(bots).map(
    ([login, { size, pending }]) => `${login} ${pending} at work, ${size} waiting`,
  )
  return [...lanes, `all: ${global.pending} at work, ${global.size} waiting, ${sent} sent`, 'r b e q'].join(
    ' │ ',
  )
}

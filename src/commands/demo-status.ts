import type { Chorus } from '../chorus.js'

/** The status line: the keys, the whole, then each bot. What matters most stands first, for a narrow terminal cuts the rest. */
export function demoStatus({ router }: Pick<Chorus, 'router'>, { sent }: { readonly sent: number }): string {
  const { global, bots } = router.getQueueMetrics()
  const lanes = Object.entries(bots).map(([login, { size, pending }]) => `${login} ${pending}+${size}`)
  return ['r b e q', `${global.pending} at work + ${global.size} waiting, ${sent} sent`, ...lanes].join(' │ ')
}

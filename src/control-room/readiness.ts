import type { ChorusStatus } from '../chorus.js'

/** Why Chorus is not ready to answer viewers, in sentences; nothing where it is. */
export function findUnready(
  {
    chat,
    isDurable,
    state,
  }: Pick<ChorusStatus, 'isDurable' | 'state'> & {
    readonly chat: Pick<ChorusStatus['chat'], 'bots'>
  },
  { hasJournal }: { readonly hasJournal: boolean },
): string[] {
  const reasons: string[] = []
  if (state === 'draining') reasons.push('It is stopping: nothing new is taken.')
  if (state === 'stopped') reasons.push('It was stopped.')
  if (hasJournal && !isDurable)
    reasons.push('The journal can’t be written, or is not open yet: what is accepted is kept in memory.')
  const out = chat.bots.filter(({ joined }) => joined.length === 0)
  if (out.length === chat.bots.length) reasons.push('No bot is in chat.')
  for (const { bot, reason } of out) {
    // A parked bot is for a person to mend: a restart, which is what many do with what is not ready, would not.
    if (reason === undefined) reasons.push(`${bot} is not in chat yet.`)
  }
  return reasons
}

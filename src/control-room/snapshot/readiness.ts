import type { ChorusStatus } from '../../chorus.js'

/** What there is to say where there is a data folder, and nothing can be written there. */
export const JOURNAL_REFUSES =
  'The journal can’t be written, or is not open yet: what is accepted is kept in memory.'

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
  if (hasJournal && !isDurable) reasons.push(JOURNAL_REFUSES)
  const out = chat.bots.filter(({ joined }) => joined.length === 0)
  if (out.length === chat.bots.length) reasons.push('No bot is in chat.')
  for (const { bot, reason } of out) {
    // A parked bot is for a person to mend: a restart, which is what many do with what is not ready, would not.
    if (reason === undefined) reasons.push(`${bot} is not in chat yet.`)
  }
  return reasons
}

import type { ChorusStatus } from '../../chorus.js'
import type { ReplyCause, SilenceReason } from '../../domain.js'
import { useSection } from './use-snapshot.js'
import { grouped } from './words.js'

/** Why a line of chat gets an answer, or gets none, in a streamer’s words. */
const DECISIONS: Readonly<Record<ReplyCause | SilenceReason, string>> = {
  mention: 'called a bot: it answers',
  chance: 'drawn by chance: a bot answers',
  low: 'banter, or a raid that is greeted',
  'not-drawn': 'left alone by chance',
  'own-bot': 'written by our own bots',
  'known-bot': 'written by another bot',
  'ignored-user': 'written by somebody ignored',
  command: 'a command of another bot',
  control: 'a !bots command',
  'no-talker': 'no bot talks unasked',
  'token-limit': 'left alone: the day’s tokens run low',
  yielded: 'left alone: mentions were waiting',
  paused: 'left alone: chance replies are paused',
  calm: 'left alone: calm is on',
  'not-greeted': 'a raid that is not greeted',
  'banter-over': 'banter that had gone on long enough',
  mirrored: 'from another channel of a shared chat',
  duplicate: 'heard twice',
  moderated: 'cleared away by moderators',
  draining: 'came during a stop',
  stopped: 'came after a stop',
}

const OUTCOMES: readonly (readonly [keyof ChorusStatus['outcomes'], string])[] = [
  ['sent', 'sent'],
  ['joint', '… of them in a line for several viewers'],
  ['inDoubt', '… of them in doubt'],
  ['heldByAutoMod', '… of them held by AutoMod'],
  ['withdrawn', 'withdrawn'],
  ['expired', 'expired'],
  ['dead', 'failed: in the dead letters'],
]

/** What was decided about chat since the start, and what became of the replies. */
export function TallyPanel() {
  const status = useSection('status')
  const version = useSection('about')?.version
  if (!status) return null
  const decisions = Object.entries(status.decisions).sort(([, one], [, other]) => other - one)
  const outcomes = OUTCOMES.filter(([name]) => name === 'sent' || status.outcomes[name] > 0)
  return (
    <section class="panel" aria-labelledby="tally-title">
      <div class="title-row">
        <h2 id="tally-title">Since the start</h2>
        {version !== undefined && <p class="quiet">Chorus {version}</p>}
      </div>
      <h3>Lines of chat</h3>
      {decisions.length === 0 && <p class="quiet">None yet.</p>}
      <dl class="facts tally">
        {decisions.map(([what, count]) => (
          <Tally key={what} count={count} words={wordsFor(what)} />
        ))}
      </dl>
      <h3>Replies</h3>
      <dl class="facts tally">
        {outcomes.map(([name, words]) => (
          <Tally key={name} count={status.outcomes[name]} words={words} />
        ))}
      </dl>
    </section>
  )
}

function Tally({ count, words }: { readonly count: number; readonly words: string }) {
  return (
    <>
      <dt>{words}</dt>
      <dd>{grouped(count)}</dd>
    </>
  )
}

function wordsFor(what: string): string {
  return (DECISIONS as Readonly<Record<string, string>>)[what] ?? what
}

import type { ComponentChildren } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { DeadLetter } from '../../journal/dead-letter-table.js'
import { type Change, get, post } from './ask.js'
import { ConfirmButton } from './confirm-button.js'
import { useNotices } from './notices.js'
import { Rows } from './rows.js'
import { useNow, useSection } from './use-snapshot.js'
import { counted, grouped, toTime } from './words.js'

interface Letters {
  readonly deadLetters: readonly DeadLetter[]
  readonly count: number
}

/** Has something become of some of them, and tells of it. */
type Turn = (what: 'redrive' | 'discard', which: object, words: ComponentChildren) => Promise<void>

/** Somebody else was there before, in another tab or on the command line. */
const TOO_LATE = 'Too late: nothing of it is left in the dead letters.'

/** Replies whose attempts are spent: somebody has to say what becomes of them. Absent while there is none. */
export function DeadLetters() {
  const count = useSection('status')?.deadLetters ?? 0
  const { act, tell } = useNotices()
  const [letters, setLetters] = useState<Letters>()
  const load = useCallback(() => act(async () => setLetters(await get<Letters>('/api/dead-letters'))), [act])
  // Another count means another list; where there is none, nothing has to be asked for.
  useEffect(() => {
    if (count > 0) void load()
    else setLetters(undefined)
  }, [count, load])
  const turn: Turn = async (what, which, words) => {
    const isAnswered = await act(async () => {
      const { changed } = await post<Change>(`/api/dead-letters/${what}`, which)
      tell(changed.length > 0 ? words : TOO_LATE)
    })
    if (isAnswered) await load()
  }
  if (!letters || letters.count === 0) return null
  return (
    <section class="panel dead-letters" aria-labelledby="dead-title">
      <div class="title-row">
        <h2 id="dead-title">
          Dead letters <span class="count">{grouped(letters.count)}</span>
        </h2>
        <div class="row">
          <button
            type="button"
            onClick={() => void turn('redrive', { all: true }, 'All of them are tried again.')}
          >
            Redrive all
          </button>
          <ConfirmButton
            class="stop"
            title="Discard all dead letters?"
            consequence={`${counted(letters.count, 'question')} will never get an answer.`}
            yes="Discard all of them"
            no="Keep them"
            onYes={() => void turn('discard', { all: true }, 'All of them are given up.')}
          >
            Discard all
          </ConfirmButton>
        </div>
      </div>
      <p class="quiet">These viewers have no answer: every attempt has failed. Redrive tries them again.</p>
      <LetterRows letters={letters.deadLetters} turn={turn} />
      {letters.count > letters.deadLetters.length && (
        <p class="quiet">and {grouped(letters.count - letters.deadLetters.length)} more</p>
      )}
    </section>
  )
}

function LetterRows({ letters, turn }: { readonly letters: readonly DeadLetter[]; readonly turn: Turn }) {
  const nowMs = useNow()
  return (
    <Rows labelledBy="dead-title">
      {letters.map((letter) => (
        <LetterRow
          key={letter.id}
          letter={letter}
          nowMs={nowMs}
          onRedrive={() => void turn('redrive', { ids: [letter.id] }, toWords(letter, 'is tried again'))}
          onDiscard={() => void turn('discard', { ids: [letter.id] }, toWords(letter, 'is given up'))}
        />
      ))}
    </Rows>
  )
}

function toWords({ viewer }: DeadLetter, fate: string): ComponentChildren {
  return (
    <>
      <bdi>{viewer}</bdi>’s question {fate}.
    </>
  )
}

interface LetterRowProps {
  readonly letter: DeadLetter
  readonly nowMs: number
  readonly onRedrive: () => void
  readonly onDiscard: () => void
}

function LetterRow({ letter, nowMs, onRedrive, onDiscard }: LetterRowProps) {
  const { attempts, bot, diedAtMs, reason, text, viewer } = letter
  return (
    <li class="entry dead">
      <span class="age">{toTime(nowMs - diedAtMs)} ago</span>
      <div class="what">
        <p>
          <b>{viewer}</b>{' '}
          <span class="quiet">
            → {bot}, after {counted(attempts, 'attempt')}
          </span>
        </p>
        <p class="said">{text}</p>
        <p class="reason">{reason}</p>
      </div>
      <div class="row">
        <button type="button" aria-label={`Redrive the question of ${viewer}`} onClick={onRedrive}>
          Redrive
        </button>
        <button type="button" aria-label={`Discard the question of ${viewer}`} onClick={onDiscard}>
          Discard
        </button>
      </div>
    </li>
  )
}

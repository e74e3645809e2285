/**
 * Whatever a model answers to several viewers, and whatever they typed: the line that is said names and answers each of
 * those it claims to answer, once and in their order, and calls nobody else. The line is taken apart here in other words than
 * in the code. Answers are put together from rows that are right and from all that a model can get wrong.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TaskId } from '../../src/domain.js'
import { ChorusError } from '../../src/errors.js'
import { ChorusEmitter } from '../../src/events.js'
import { seededRandom } from '../../src/random.js'
import { toChatText } from '../../src/reply/chat-text.js'
import { Conversation } from '../../src/reply/conversation.js'
import type { JointLine } from '../../src/reply/joint-line.js'
import { ReplyWriter } from '../../src/reply/reply-writer.js'
import type { ReplyShare } from '../../src/reply-queue.js'
import { chatMessage } from '../support/chat-message.js'
import { ManualClock } from '../support/manual-clock.js'
import { hostileText } from './hostile-text.js'
import { AVA, SLUR, sharesOf } from './writer-fixture.js'

const RUNS = 300
const PREFIXES = ['!', 'pls ']
const STRANGERS = ['mallory', 'everyone', 'eve', 'ava', 'bobby']

const loginUnit = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789_')
const login = fc.oneof(
  fc.string({ unit: loginUnit, minLength: 3, maxLength: 25 }),
  fc.constantFrom('ann', 'bob', 'bob_', '_bob_', 'name', 'answer', 'line', 'a'.repeat(25), 'hi_there'),
)
const logins = fc.uniqueArray(login, { minLength: 2, maxLength: 10 })

/** A row of an answer: for one of the viewers, or for a stranger, in some form, with anything behind the name. */
const rowFor = (names: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...names, ...STRANGERS),
      fc.constantFrom<(name: string, said: string, at: number) => string>(
        (name, said) => `${name}: ${said}`,
        (name, said) => `@${name} ${said}`,
        (name, said) => `- **${name.toUpperCase()}**: ${said}`,
        (name, said, at) => `${at}. ${name}: ${said}`,
        (_, said, at) => `${at}. ${said}`,
        (name, said) => `"${name}": "${said}",`,
        (name, said) => `{"viewer":"${name}","answer":${JSON.stringify(said)}}`,
      ),
      fc.oneof(
        hostileText,
        fc.constantFrom(
          'hi there',
          `you ${SLUR}`,
          'sk-proj-4fA9kLm2QwErTyUiOpAsDfGhJkLzXcVb',
          'x'.repeat(5000),
        ),
        fc
          .tuple(hostileText, fc.constantFrom(...names, ...STRANGERS), hostileText)
          .map(([a, name, b]) => `${a} @${name} ${b}`),
        fc
          .constantFrom('*', '_a', '||', '`', '<think>', '>', '[hi', '](x)', '~~b', '"', '@', '\u0301')
          .chain((mark) => fc.constantFrom(`${mark}word`, `word${mark}`, `wo ${mark} rd`)),
      ),
      fc.integer({ min: 0, max: 12 }),
    )
    .map(([name, form, said, at]) => form(name, said, at))

const answerFor = (names: readonly string[]) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.array(rowFor(names), { maxLength: 14 }), fc.constantFrom('\n', '\r\n', ' ', '\n\n'))
        .map(([rows, end]) => rows.join(end)),
    },
    {
      weight: 2,
      arbitrary: fc
        .array(hostileText, { minLength: names.length, maxLength: names.length })
        .map((said) => JSON.stringify(Object.fromEntries(names.map((name, at) => [name, said[at]])))),
    },
    { weight: 1, arbitrary: hostileText },
  )

/** How viewers write themselves: as Twitch lets them, in capitals of their choice or in another script. */
const displayNamesFor = (names: readonly string[]) =>
  fc.tuple(
    ...names.map((name) =>
      fc.oneof(
        fc.mixedCase(fc.constant(name)),
        fc.constantFrom('ボブ', 'Ольга', name, name.replaceAll('k', '\u212a'), STRANGERS[0] ?? ''),
      ),
    ),
  )

const scene = logins.chain((names) =>
  fc.record({
    names: fc.constant(names),
    shown: displayNamesFor(names),
    answer: answerFor(names),
    asked: fc.array(hostileText, { minLength: names.length, maxLength: names.length }),
    gone: fc.array(fc.nat(names.length - 1), { maxLength: 5 }),
  }),
)

function writerThatHears(answer: string, template = false) {
  const clock = new ManualClock()
  const prompts: string[] = []
  const writer = new ReplyWriter({
    ...{ bots: [AVA], conversation: new Conversation({ clock }), clock, events: new ChorusEmitter() },
    model: {
      complete: (prompt) => {
        prompts.push(prompt.at(-1)?.content ?? '')
        if (template) throw new ChorusError('model-away', 'away')
        return Promise.resolve({ text: answer, by: 'main' as const })
      },
      moderate: () => Promise.resolve('ok' as const),
      needsTemplate: () => template,
    },
    wordFilter: { allows: (text) => !text.includes(SLUR) },
    ...{ moderation: 'auto', links: false, secrets: [], commandPrefixes: PREFIXES, random: seededRandom(1) },
  })
  return { writer, prompts }
}

/** Each promise of a line that answers these shares and no other. */
function expectSound(line: JointLine, answered: readonly TaskId[], shares: readonly ReplyShare[]): void {
  const { text } = line
  const expected = shares.filter((share) => answered.includes(share.id))
  const names = expected.map((share) => calledAs(share.tasks[0].message))
  expect(expected.map((share) => share.id)).toEqual(answered)
  expect(answered.length).toBeGreaterThan(0)
  expect(text.length).toBeLessThanOrEqual(500)
  expect(text).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u200b]|^[/.\\!]/u)
  expect(text).not.toContain(SLUR)
  const signs = text.split(/[@＠﹫](?=\p{M}*[\p{L}\p{N}_])/u)
  expect(signs[0]).toBe('')
  const parts = signs
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf(' ')), part.slice(part.indexOf(' ')).trim()])
  expect(parts.map(([name]) => name)).toEqual(names)
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
  for (const [, said] of parts) expect(said).not.toBe('')
  expect(line.parts.map((part) => part.id)).toEqual(answered)
  const rules = { self: [AVA.login, ...AVA.aliases], prefixes: PREFIXES, links: false, maxUnits: 500 }
  expect(toChatText(text, { ...rules, answering: names })).toEqual({ kind: 'text', text })
  expect(line).not.toHaveProperty('replyTo')
  expect(JSON.parse(JSON.stringify(line))).toEqual(line)
}

/** Letter by letter, each a plain one: small ones of other scripts must not pass for the login. */
function calledAs({ displayName, login }: { readonly displayName: string; readonly login: string }): string {
  const isSame =
    displayName.length === login.length &&
    [...displayName].every((letter, at) => {
      const code = letter.charCodeAt(0)
      const small = code >= 65 && code <= 90 ? code + 32 : code
      return small === login.charCodeAt(at)
    })
  return isSame ? displayName : login
}

const asking = (names: readonly string[], asked: readonly string[], shown: readonly string[] = names) =>
  sharesOf(
    ...names.map((login, at) => {
      const displayName = shown[at] ?? login
      return [chatMessage(asked[at] ?? 'hi', { login, displayName })] as const
    }),
  )

const signal = new AbortController().signal

describe('for every answer of a model to 2 to 10 viewers', () => {
  it('the line answers just those it claims to, each once and in order, and calls nobody else', async () => {
    let made = 0
    await fc.assert(
      fc.asyncProperty(scene, async ({ names, shown, answer, asked, gone }) => {
        const shares = asking(names, asked, shown)
        const { writer } = writerThatHears(answer)
        const reply = await writer.joint.reply(shares, { signal }).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'model-empty' })
          return undefined
        })
        if (!reply) return
        made++
        expectSound(reply.line, reply.answered, shares)
        const ids = new Set(gone.flatMap((at) => shares[at]?.id ?? []))
        const left = reply.answered.filter((id) => !ids.has(id))
        const rest = writer.joint.without(JSON.parse(JSON.stringify(reply.line)), ids)
        if (rest) expectSound(rest, left, shares)
        expect(rest === undefined).toBe(left.length === 0)
      }),
      { numRuns: RUNS },
    )
    // What always fails would prove nothing.
    expect(made).toBeGreaterThan(RUNS / 3)
  })

  it('every viewer is answered where the model does as it is asked', async () => {
    const said = fc.constantFrom(
      'Ahoy!',
      'Gulls, again.',
      'so many :D',
      'no <3 for gulls',
      'why not?',
      'ok. '.repeat(90),
    )
    await fc.assert(
      fc.asyncProperty(logins, fc.array(said, { minLength: 10, maxLength: 10 }), async (names, texts) => {
        fc.pre(names.every(isSayable))
        const shares = asking(names, [])
        const answer = names
          .map((name, at) => `${name}: ${texts[at]}`)
          .reverse()
          .join('\n')
        const { line, answered } = await writerThatHears(answer).writer.joint.reply(shares, { signal })
        expectSound(line, answered, shares)
        expect(answered).toEqual(shares.map((share) => share.id))
      }),
      { numRuns: 200 },
    )
  })

  it('all is said whole where it fits, and else the longest answers are cut, each so that it ends well', async () => {
    const word = fc.constantFrom('gull', 'or', 'sea.', 'rock!', 'lantern,', '海')
    const said = fc.array(word, { maxLength: 120 }).map((words) => ['So', ...words, 'end'].join(' '))
    await fc.assert(
      fc.asyncProperty(logins, fc.array(said, { minLength: 10, maxLength: 10 }), async (names, texts) => {
        fc.pre(names.every(isSayable))
        const shares = asking(names, [])
        const answer = names.map((name, at) => `${name}: ${texts[at]}`).join('\n')
        const { line, answered } = await writerThatHears(answer).writer.joint.reply(shares, { signal })
        expectSound(line, answered, shares)
        expect(answered).toHaveLength(names.length)
        const pairs = line.parts.map(({ text }, at) => ({ text, whole: texts[at] ?? '' }))
        const cut = pairs.filter(({ text, whole }) => text !== whole)
        const asWritten = names.map((name, at) => `@${name} ${texts[at]}`).join(' ')
        expect(cut.length === 0).toBe(asWritten.length <= 500)
        const longest = Math.max(...line.parts.map(({ text }) => text.length))
        for (const { text, whole } of cut) {
          expect(`${whole} `.startsWith(text.replace(/…$/, ''))).toBe(true)
          expect(text).toMatch(/[.!…]$/)
          // Nobody gave way to one who had more to say.
          expect(whole.length).toBeGreaterThanOrEqual(longest)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('every viewer has a template where no model answers', async () => {
    await fc.assert(
      fc.asyncProperty(logins, async (names) => {
        fc.pre(names.every(isSayable))
        const shares = asking(names, [])
        const { line, answered } = await writerThatHears('', true).writer.joint.reply(shares, { signal })
        expectSound(line, answered, shares)
        expect(answered).toEqual(shares.map((share) => share.id))
      }),
      { numRuns: 100 },
    )
  })

  it('no question breaks out of its row between the markers', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async ({ names, asked }) => {
        const { writer, prompts } = writerThatHears('')
        await writer.joint.reply(asking(names, asked), { signal }).catch(() => {})
        const rows = prompts[0]?.split('\n') ?? []
        const markers = rows.filter((row) => /^<\/?(?:chat|lines?)>$/.test(row))
        expect(markers).toEqual(['<chat>', '</chat>', '<lines>', '</lines>'])
        const quoted = rows.slice(rows.indexOf('<lines>') + 1, rows.indexOf('</lines>'))
        expect(quoted.map((row) => /^(\d+)\. (\w+): /.exec(`${row} `)?.slice(1))).toEqual(
          names.map((name, at) => [`${at + 1}`, name]),
        )
        expect(rows.filter((row) => !markers.includes(row)).join('\n')).not.toMatch(/<(?!3)/)
      }),
      { numRuns: 200 },
    )
  })
})

/** Whether a login may stand in a line: some look like a key. */
function isSayable(name: string): boolean {
  return (
    toChatText(name, { self: [], answering: [], prefixes: [], links: false, maxUnits: 99 }).kind === 'text'
  )
}

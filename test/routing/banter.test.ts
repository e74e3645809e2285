import { describe, expect, it } from 'vitest'
import { toBots } from '../../src/config-schema.js'
import { type ChatMessage, toMessageId } from '../../src/domain.js'
import { seededRandom } from '../../src/random.js'
import { Orchestrator, type OrchestratorOptions } from '../../src/routing/orchestrator.js'
import { chatMessage } from '../support/chat-message.js'

const bots = toBots([{ login: 'Ava' }, { login: 'ben', aliases: ['benny'] }, { login: 'cat' }])
const OWN = [{ kind: 'silence', reason: 'own-bot' }]

function banterFixture(options: Partial<OrchestratorOptions> = {}) {
  const orchestrator = new Orchestrator({
    bots,
    random: seededRandom(2),
    replies: { chance: 0 },
    banter: { enabled: true, maxTurns: 3 },
    ...options,
  })
  /** A viewer's question that Ava will answer. */
  const question = () => {
    const line = chatMessage('@ava hi')
    orchestrator.decide(line)
    return line
  }
  const answer = (login: string, text: string, to: ChatMessage) =>
    chatMessage(text, { login, replyTo: { id: to.id, login: to.login } })
  return { orchestrator, question, answer }
}

describe('a line of a bot that answers a viewer', () => {
  it.each([
    ['by its login', '@ann ask ben'],
    ['with an at sign', '@ann ask @Ben'],
    ['by an alias', '@ann Benny knows'],
    ['and itself, too', '@ann ava and ben agree'],
  ])('and names another bot %s is answered by that one, after four to eight seconds', (_name, text) => {
    const { orchestrator, question, answer } = banterFixture()
    const decisions = orchestrator.decide(answer('ava', text, question()))
    expect(decisions).toMatchObject([{ kind: 'reply', bot: 'ben', cause: 'low' }])
    const [decision] = decisions
    expect(decision?.kind === 'reply' && decision.delayMs).toBeGreaterThanOrEqual(4000)
    expect(decision?.kind === 'reply' && decision.delayMs).toBeLessThanOrEqual(8000)
  })

  it.each([
    ['nobody', '@ann hello'],
    ['itself', '@ann says Ava'],
  ])('and names %s is answered by nobody', (_name, text) => {
    const { orchestrator, question, answer } = banterFixture()
    expect(orchestrator.decide(answer('ava', text, question()))).toEqual(OWN)
  })

  it('and names several is answered by the first that is not muted', () => {
    const { orchestrator, question, answer } = banterFixture()
    const decide = (isMuted: (bot: string) => boolean) =>
      orchestrator.decide(answer('ava', 'cat or ben?', question()), { isMuted })
    expect(decide(() => false)).toMatchObject([{ bot: 'cat' }])
    expect(decide((bot) => bot === 'cat')).toMatchObject([{ bot: 'ben' }])
    expect(decide(() => true)).toEqual(OWN)
  })

  it('is answered by nobody unless the configuration wants it', () => {
    const { orchestrator, question, answer } = banterFixture({ banter: {} })
    expect(orchestrator.decide(answer('ava', 'ben?', question()))).toEqual(OWN)
  })

  it.each([
    ['calm', { isCalm: true }, {}],
    ['token-limit', { areTokensLow: true }, {}],
    ['yielded', { waitMs: () => 6000 }, { bot: 'ben', waitMs: 6000 }],
  ])('is answered by nobody in times of %s, and that spends no turn', (reason, known, details) => {
    const { orchestrator, question, answer } = banterFixture({ banter: { enabled: true, maxTurns: 1 } })
    const asked = question()
    expect(orchestrator.decide(answer('ava', 'ben?', asked), known)).toEqual([
      { kind: 'silence', reason, ...details },
    ])
    expect(orchestrator.decide(answer('ava', 'ben?', asked))).toMatchObject([{ kind: 'reply' }])
  })
})

describe('bots that name each other in every line', () => {
  it('say as many lines as the configuration allows, one upon the other, and stop', () => {
    const { orchestrator, question, answer } = banterFixture()
    let line = answer('ava', '@ann ask ben', question())
    const said: string[] = []
    for (let i = 0; i < 10; i++) {
      const [decision] = orchestrator.decide(line)
      if (decision?.kind !== 'reply') {
        expect(decision).toEqual({ kind: 'silence', reason: 'banter-over' })
        break
      }
      said.push(decision.bot)
      line = answer(decision.bot.toLowerCase(), `@${line.login} ava, ben!`, line)
    }
    expect(said).toEqual(['ben', 'Ava', 'ben'])
  })

  it('may begin anew below the next line of a viewer', () => {
    const { orchestrator, question, answer } = banterFixture({ banter: { enabled: true, maxTurns: 1 } })
    for (let i = 0; i < 3; i++) {
      const line = answer('ava', 'ben?', question())
      expect(orchestrator.decide(line)).toMatchObject([{ bot: 'ben', cause: 'low' }])
      expect(orchestrator.decide(answer('ben', '@ava no', line))).toEqual([
        { kind: 'silence', reason: 'banter-over' },
      ])
    }
  })

  it('get no turns back when the line that called them is told again', () => {
    const { orchestrator, question, answer } = banterFixture({ banter: { enabled: true, maxTurns: 1 } })
    const asked = question()
    expect(orchestrator.decide(answer('ava', 'ben?', asked))).toMatchObject([{ kind: 'reply' }])
    orchestrator.decide(asked)
    expect(orchestrator.decide(answer('ava', 'ben?', asked))).toMatchObject([{ reason: 'banter-over' }])
  })

  it('share the turns of the line that called them all', () => {
    const { orchestrator, answer } = banterFixture()
    const call = chatMessage('@ava @ben @cat settle this')
    expect(orchestrator.decide(call)).toHaveLength(3)
    const decisions = ['ava', 'ben', 'cat', 'ava', 'ben']
      .map((login) => answer(login, 'Ava, ben, cat!', call))
      .flatMap((line) => orchestrator.decide(line))
    expect(decisions.filter(({ kind }) => kind === 'reply')).toHaveLength(3)
  })
})

describe('a line that can’t be followed to a viewer starts nothing:', () => {
  it.each([
    ['one that answers nobody, such as a joint line or a greeting', undefined],
    ['one whose parent nobody has heard', { id: toMessageId('lost'), login: 'ann' }],
    ['one below a line of a bot that nobody has heard', { id: toMessageId('lost'), login: 'ben' }],
  ])('%s', (_name, replyTo) => {
    const { orchestrator, question } = banterFixture()
    question()
    const line = chatMessage('ben?', { login: 'ava', ...(replyTo && { replyTo }) })
    expect(orchestrator.decide(line)).toEqual(OWN)
  })

  it('the answer to a moderator’s command', () => {
    const { orchestrator, answer } = banterFixture()
    const command = chatMessage('!bots status', { login: 'mod', roles: { moderator: true } })
    orchestrator.decide(command)
    expect(orchestrator.decide(answer('ava', '@mod On. Muted: ben.', command))).toEqual(OWN)
  })

  it('one below what was said so long ago that it is forgotten', () => {
    const { orchestrator, question, answer } = banterFixture()
    const early = question()
    for (let i = 0; i < 2000; i++) question()
    expect(orchestrator.decide(answer('ava', 'ben?', early))).toEqual(OWN)
  })

  it('one of an earlier run', () => {
    const { question, answer } = banterFixture()
    const { orchestrator } = banterFixture()
    expect(orchestrator.decide(answer('ava', 'ben?', question()))).toEqual(OWN)
  })
})

it.each([
  ['known-bot', { login: 'nightbot' }],
  ['mirrored', { login: 'ava', isMirrored: true }],
])('a line that is %s gets no answer in banter, either', (reason, parts) => {
  const { orchestrator, question } = banterFixture()
  const { id, login } = question()
  const line = chatMessage('@ben hello', { ...parts, replyTo: { id, login } })
  expect(orchestrator.decide(line)).toEqual([{ kind: 'silence', reason }])
})

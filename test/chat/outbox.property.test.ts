import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import { type Handed, OutboxWorld } from './outbox-world.js'

/*
 * Goal: whatever happens between an account and Twitch, no limit is broken, no line is shown twice, and every line gets
 * its outcome. Method: random lines, NOTICEs, silences, cuts, roles, modes and mutes, in any order, against the rules and the
 * ledger of the built-in Twitch; then everything is made well again and time goes on until all is settled.
 */

const BOTS = ['ava', 'ben']
const CHANNELS = ['here', 'there', 'elsewhere']

type Step =
  | {
      readonly kind: 'say'
      readonly bot: string
      readonly channel: string
      readonly text: number
      readonly passesMute: boolean
    }
  | { readonly kind: 'mute'; readonly bot: string; readonly isMuted: boolean }
  | { readonly kind: 'burst'; readonly bot: string; readonly lines: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'viewer'; readonly channel: string }
  | { readonly kind: 'refuse'; readonly bot: string; readonly notice: string; readonly times: number }
  | { readonly kind: 'drop'; readonly bot: string; readonly times: number; readonly isConfirmed: boolean }
  | { readonly kind: 'remark'; readonly bot: string; readonly times: number }
  | { readonly kind: 'lose-userstates'; readonly bot: string; readonly times: number }
  | { readonly kind: 'delay-userstates'; readonly ms: number }
  | { readonly kind: 'cut'; readonly bot: string }
  | { readonly kind: 'connect'; readonly bot: string }
  | {
      readonly kind: 'role'
      readonly bot: string
      readonly channel: string
      readonly role: 'moderator' | 'vip' | 'none'
    }
  | {
      readonly kind: 'mode'
      readonly channel: string
      readonly slowSeconds: number
      readonly emoteOnly: boolean
    }
  | { readonly kind: 'timeout'; readonly bot: string; readonly channel: string; readonly seconds: number }
  | { readonly kind: 'take-back'; readonly place: number }

const channel = fc.constantFrom(...CHANNELS)
const times = fc.integer({ min: 1, max: 4 })
/** Not `msg_duplicate`: that one is believed, and the built-in Twitch says it where it is true. */
const NOTICES = [
  'msg_ratelimit',
  'msg_slowmode',
  'msg_r9k',
  'msg_rejected',
  'msg_rejected_mandatory',
  'msg_timedout',
  'msg_banned',
  'msg_emoteonly',
  'msg_followersonly_followed',
  'unrecognized_cmd',
  'msg_nobody_knows_this',
]

function step(bots: readonly string[]): fc.Arbitrary<Step> {
  const bot = fc.constantFrom(...bots)
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constant('say' as const),
        bot,
        channel,
        text: fc.integer({ min: 1, max: 6 }),
        passesMute: fc.constantFrom(false, false, false, true),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('pass' as const),
        ms: fc.oneof(fc.integer({ min: 1, max: 1500 }), fc.integer({ min: 1000, max: 40_000 })),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('viewer' as const), channel }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('refuse' as const),
        bot,
        notice: fc.constantFrom(...NOTICES),
        times,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('drop' as const), bot, times, isConfirmed: fc.boolean() }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('lose-userstates' as const), bot, times }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remark' as const), bot, times }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('burst' as const),
        bot,
        lines: fc.integer({ min: 10, max: 40 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('delay-userstates' as const),
        ms: fc.constantFrom(0, 0, 700, 4000, 8000, 20_000),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('mute' as const), bot, isMuted: fc.boolean() }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), bot }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('connect' as const), bot }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('role' as const),
        bot,
        channel,
        role: fc.constantFrom('moderator' as const, 'vip' as const, 'none' as const),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('mode' as const),
        channel,
        slowSeconds: fc.constantFrom(0, 0, 3, 10),
        emoteOnly: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('timeout' as const),
        bot,
        channel,
        seconds: fc.integer({ min: 1, max: 60 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('take-back' as const), place: fc.nat(5) }) },
  )
}

async function take(world: OutboxWorld, step: Step): Promise<void> {
  const { clock, twitch } = world
  switch (step.kind) {
    case 'say':
      world.say(step.bot, step.channel, `line ${step.text} of ${step.bot}`, step.passesMute)
      break
    case 'mute':
      world.bot(step.bot).mute(step.isMuted ? 'by the streamer' : undefined)
      break
    case 'burst':
      for (let line = 0; line < step.lines; line++) {
        world.say(step.bot, CHANNELS[line % CHANNELS.length] ?? '', `line ${line} of a burst of ${step.bot}`)
      }
      break
    case 'pass':
      await clock.advance(step.ms)
      break
    case 'viewer':
      twitch.room(step.channel).say('ann', 'hello there')
      break
    case 'refuse':
      twitch.refuseMessages(step.notice, { login: step.bot, times: step.times })
      break
    case 'drop':
      twitch.dropSilently(step.times, step.bot, { isConfirmed: step.isConfirmed })
      break
    case 'remark':
      twitch.remarkOnMessages('msg_nobody_knows_this', { times: step.times, login: step.bot })
      break
    case 'lose-userstates':
      twitch.loseUserstates(step.times, step.bot)
      break
    case 'delay-userstates':
      twitch.delayUserstate(step.ms)
      break
    case 'cut':
      world.bot(step.bot).cut()
      break
    case 'connect':
      world.bot(step.bot).connect()
      break
    case 'role':
      // While the news is on its way no client can keep to it: so roles change only where there is no way.
      if (world.options.latencyMs > 0) break
      twitch.room(step.channel).setRole(step.bot, step.role, { isTold: true })
      break
    case 'mode':
      twitch.room(step.channel).setMode({ slowSeconds: step.slowSeconds, emoteOnly: step.emoteOnly })
      break
    case 'timeout':
      twitch.room(step.channel).timeout(step.bot, step.seconds)
      break
    case 'take-back':
      world.handed.at(-1 - step.place)?.controller.abort(new Error('taken back'))
      break
  }
  // What was written in this very turn reaches the others.
  await clock.advance(0)
}

/** Everything is well again, and time goes on until nothing waits. */
async function heal(world: OutboxWorld): Promise<void> {
  const { bots, clock, twitch } = world
  twitch.forgetScripts()
  twitch.delayUserstate(0)
  for (const name of CHANNELS) twitch.room(name).setMode({ slowSeconds: 0, emoteOnly: false })
  for (const bot of bots.values()) bot.mute()
  for (let minute = 0; minute < 60 && pending(world) > 0; minute++) {
    for (const bot of bots.values()) bot.connect()
    for (const name of CHANNELS) twitch.room(name).say('ann', 'still here')
    await clock.advance(MINUTE)
  }
}

const pending = ({ bots }: OutboxWorld) =>
  [...bots.values()].reduce((sum, { outbox }) => sum + outbox.pending, 0)

/** What Twitch made of a line, write by write. */
function verdictsOf({ twitch }: OutboxWorld, { nonces }: Handed): string[] {
  return twitch.ledger
    .attempts()
    .filter(({ nonce = '' }) => nonces.includes(nonce))
    .map(({ verdict }) => verdict)
}

function check(world: OutboxWorld): void {
  // Saying again what may have been shown is what the rule on repetitions is used for: only then it may be broken.
  const repeated = world.handed
    .filter(({ nonces }) => nonces.length > 1)
    .map(({ line }) => line.text as string)
  const breaches = world.twitch.ledger.breaches.filter(
    ({ kind, text = '' }) => kind !== 'duplicate' || !repeated.includes(text),
  )
  expect(breaches).toEqual([])
  expect(world.saidMuted, 'said while muted').toEqual([])
  for (const handed of world.handed) checkOne(handed, verdictsOf(world, handed))
}

function checkOne({ error, heldNonce, outcome, nonces }: Handed, verdicts: readonly string[]): void {
  const shown = verdicts.filter((verdict) => verdict === 'delivered').length
  expect(shown, 'shown twice').toBeLessThanOrEqual(1)
  expect(outcome !== undefined || error !== undefined, 'without an outcome').toBe(true)
  if (error !== undefined) expect(shown, 'refused or taken back, and shown').toBe(0)
  // Only where it was told: a cut may swallow the NOTICE, and then the line may be said again like any other.
  if (heldNonce !== undefined) expect(nonces.at(-1), 'held, and said again').toBe(heldNonce)
  if (outcome?.kind !== 'sent') return
  expect(nonces.length, 'sent and never written').toBeGreaterThan(0)
  // Of what is known to be sent Twitch knows, too: shown, or taken and dropped in a busy chat.
  const isKnown = verdicts.some((verdict) => verdict === 'delivered' || verdict === 'dropped')
  if (!outcome.inDoubt && !outcome.heldByAutoMod) expect(isKnown, 'sent without a trace').toBe(true)
}

/** With another bot that sees its lines, and alone. */
const CASES = [0, 60, 600].flatMap((latencyMs) =>
  [BOTS, BOTS.slice(0, 1)].map((bots) => ({ latencyMs, bots })),
)

describe('outboxes', () => {
  it.each(CASES)(
    'break no limit, say nothing twice and leave nothing without an outcome: $bots, $latencyMs ms to Twitch',
    async ({ bots, latencyMs }) => {
      const steps = fc.array(step(bots), { minLength: 5, maxLength: 80, size: 'max' })
      await fc.assert(
        fc.asyncProperty(steps, async (list) => {
          const world = new OutboxWorld({ bots, channels: CHANNELS, latencyMs })
          try {
            await world.clock.advance(2 * SECOND)
            for (const each of list) await take(world, each)
            await heal(world)
            check(world)
          } finally {
            world.stop()
          }
        }),
        { numRuns: 100 },
      )
    },
    120_000,
  )
})

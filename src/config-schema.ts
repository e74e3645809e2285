import { z } from 'zod'
import { type Bot, PERSONA_UNITS_MAX, toBotLogin, toChannelName } from './domain.js'
import { isServerUrl } from './is-server-url.js'
import { refuseNameClashes } from './refuse-name-clashes.js'

/**
 * The one schema of the configuration file: types, defaults, checks, the README's table and the JSON schema for
 * editors all come from here. Every key has a sentence, its unit, its range and its default.
 */

/** A login on Twitch. Both cases spelled out: a JSON schema's pattern has no flags. */
export const LOGIN_PATTERN = /^[a-zA-Z0-9][a-zA-Z0-9_]{0,24}$/
const login = () => z.string().trim().regex(LOGIN_PATTERN, 'a Twitch login: 1 to 25 letters, digits or _')
const seconds = (low: number, high: number) => z.number().min(low).max(high)
const range = (low: number, high: number, fallback: [number, number], text: string) =>
  z
    .tuple([seconds(0, 600), seconds(0, 600)])
    .refine(([from, to]) => from <= to, 'two numbers, the smaller one first')
    .default(fallback)
    .describe(`${text}: shortest and longest, in seconds (${low} to ${high})`)

/** How much earlier than it came a mention of theirs stands in line. */
const headStart = (who: string) =>
  seconds(0, 600).default(0).describe(`Head start of ${who} in a lane, in seconds (0 to 600)`)

const KNOWN_BOTS = [
  'nightbot',
  'streamelements',
  'streamlabs',
  'moobot',
  'fossabot',
  'wizebot',
  'sery_bot',
  'soundalerts',
  'commanderroot',
  'botrixoficial',
  'kofistreambot',
  'pokemoncommunitygame',
]

/** A word in braces that nothing fills in, and that viewers would see as it is. */
const OTHER_PLACE = /\{(?!viewer\})\s*\w[\w .-]*\}/

const bot = z
  .strictObject({
    login: login().describe('The account’s login on Twitch'),
    persona: z
      .string()
      .trim()
      .max(PERSONA_UNITS_MAX)
      .default('A friendly regular of this channel: short, warm and a little witty.')
      .describe('Who it is and how it talks, in plain words (up to 4,000 characters)'),
    aliases: z
      .array(
        z
          .string()
          .trim()
          .regex(/^[^@]{2,25}$/, '2 to 25 characters, without @'),
      )
      .max(20)
      .default([])
      .describe(
        'Other names that count as a mention, as whole words, with or without @; one that several bots share calls all of them',
      ),
    talkativeness: z
      .number()
      .min(0)
      .max(100)
      .default(1)
      .describe('Its share of the chance replies (0 to 100); 0 = it only answers mentions'),
    templates: z
      .array(
        z
          .string()
          .trim()
          .min(1)
          .max(200)
          .refine((line) => !OTHER_PLACE.test(line), 'no {…} but {viewer}, which alone is replaced'),
      )
      .max(20)
      .default([])
      .describe(
        'Lines in its voice for when no line of a model can be said (up to 20 of 200 characters); {viewer} becomes the name of who is answered; none = built-in ones',
      ),
  })
  .describe('One bot account and its persona')

const replies = z.strictObject({
  chance: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .describe('Chance that a line which mentions no bot gets a reply (0 to 1)'),
  delays: z
    .strictObject({
      mention: range(0, 600, [1, 3], 'Pause before a mention is answered'),
      chance: range(0, 600, [2, 5], 'Pause before a chance reply'),
      low: range(0, 600, [4, 8], 'Pause before optional talk'),
    })
    .prefault({}),
  answerWithin: seconds(10, 86_400)
    .default(900)
    .describe('A reply that could not be served for longer than this expires, in seconds (10 to 86,400)'),
  joint: z
    .strictObject({
      whenWaitOver: seconds(1, 3600)
        .default(15)
        .describe('Expected wait from which several viewers share one line, in seconds (1 to 3,600)'),
      maxViewers: z
        .int()
        .min(1)
        .max(10)
        .default(6)
        .describe('Most viewers in one line (1 to 10); 1 = never join'),
    })
    .prefault({}),
  yield: z
    .boolean()
    .default(true)
    .describe('Whether chance replies are left out while mentions wait for longer than 5 seconds'),
  greetRaids: z.boolean().default(false).describe('Whether one bot greets the viewers of a raid'),
})

const queue = z.strictObject({
  global: z.int().min(1).max(100).default(5).describe('Replies made at once over all bots (1 to 100)'),
  perBot: z.int().min(1).max(100).default(2).describe('Replies made at once by one bot (1 to 100)'),
  backlog: z
    .int()
    .min(1)
    .max(100_000)
    .default(20)
    .describe('Accepted replies waiting above which Chorus warns, once per episode (1 to 100,000)'),
  headStart: z
    .strictObject({
      moderator: headStart('moderators and the broadcaster'),
      vip: headStart('VIPs'),
      subscriber: headStart('subscribers'),
    })
    .prefault({}),
})

const banter = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether a bot may answer another bot that names it'),
  maxTurns: z
    .int()
    .min(1)
    .max(20)
    .default(4)
    .describe('Lines of bots to each other because of one line of a viewer, after which they stop (1 to 20)'),
})

const model = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .default('gpt-5.4-mini')
    .describe('The model’s name as its server knows it; OPENAI_MODEL wins'),
  temperature: z.number().min(0).max(2).default(0.9).describe('How freely it talks (0 to 2)'),
  maxTokens: z
    .int()
    .min(1)
    .max(32_000)
    .default(120)
    .describe('Longest answer per viewer, in tokens (1 to 32,000)'),
  deadline: seconds(1, 300).default(20).describe('Longest wait for one answer, in seconds (1 to 300)'),
  fallback: z
    .strictObject({
      name: z.string().trim().min(1).describe('A second model, asked only while the first one is away'),
      baseUrl: z
        .string()
        .trim()
        .refine(isServerUrl, 'an address such as https://host/v1, without a name or password in it')
        .optional()
        .describe(
          'Its server, OpenAI-compatible; the first model’s where it is left out. Another server gets OPENAI_FALLBACK_API_KEY and no other key',
        ),
    })
    .optional(),
  template: z
    .boolean()
    .default(false)
    .describe(
      'Whether replies get a template line at once while no model answers; else they wait for the model: a real answer a minute later is worth more than a canned one now',
    ),
  tokensPerDay: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(0)
    .describe(
      'Tokens that all models together may cost per day in UTC (0 to 1,000,000,000); from 80 % on chance replies stop, at 100 % templates stand in; 0 = no ceiling',
    ),
})

const retry = z
  .strictObject({
    attempts: z
      .int()
      .min(1)
      .max(100)
      .default(6)
      .describe('Failures of one reply before it is given up (1 to 100); outages of the model do not count'),
    base: seconds(0.01, 60)
      .default(1)
      .describe('First pause before a new try, doubled each time, in seconds (0.01 to 60)'),
    max: seconds(1, 900).default(60).describe('Longest pause before a new try, in seconds (1 to 900)'),
  })
  .refine(({ base, max }) => base <= max, { path: ['base'], message: 'at most retry.max' })

const safety = z.strictObject({
  blockedTerms: z
    .array(z.string().trim().min(1).max(100))
    .max(1000)
    .default([])
    .describe('Words and phrases that no bot may say, beside the built-in list of slurs'),
  links: z.boolean().default(false).describe('Whether bots may post links'),
  moderation: z
    .enum(['auto', 'off', 'required'])
    .default('auto')
    .describe(
      'The server’s moderation endpoint: auto = used where it has one; required = without it only templates are sent; off = never asked',
    ),
})

const ignore = z.strictObject({
  users: z.array(login()).max(10_000).default([]).describe('Logins that never get an answer'),
  bots: z
    .array(login())
    .max(1000)
    .default(KNOWN_BOTS)
    .describe('Known bots of others: never answered, so that bots do not talk to each other for ever'),
  commandPrefixes: z
    .array(z.string().min(1).max(5))
    .max(20)
    .default(['!'])
    .describe(
      'A line that starts with one of these is a command for another bot; only a mention is answered then',
    ),
})

const journal = z.strictObject({
  keep: z
    .number()
    .min(0.01)
    .max(3650)
    .default(7)
    .describe('How long replies that have their outcome are remembered, in days (0.01 to 3,650)'),
})

const stop = z.strictObject({
  deadline: seconds(0, 600)
    .default(8)
    .describe('Time that accepted replies get to finish on SIGTERM or Ctrl-C, in seconds (0 to 600)'),
})

export const configSchema = z.strictObject({
  channels: z
    .array(
      z
        .string()
        .trim()
        .regex(/^#?[a-zA-Z0-9][a-zA-Z0-9_]{0,24}$/, 'a channel name: 1 to 25 letters, digits or _'),
    )
    .min(1)
    .max(100)
    .refine((names) => new Set(names.map(toChannelName)).size === names.length, 'each channel only once')
    .describe('Channels to join (1 to 100, Twitch’s own limit for an account)'),
  bots: z.array(bot).min(1).max(50).superRefine(refuseNameClashes).describe('The bot accounts (1 to 50)'),
  replies: replies.prefault({}),
  banter: banter.prefault({}),
  queue: queue.prefault({}),
  model: model.prefault({}),
  retry: retry.prefault({}),
  safety: safety.prefault({}),
  ignore: ignore.prefault({}),
  journal: journal.prefault({}),
  stop: stop.prefault({}),
})

/** The configuration as someone writes it: only `channels` and `bots[].login` are required. */
export type ConfigInput = z.input<typeof configSchema>
/** The configuration with every default filled in. Durations are in seconds, as in the file. */
export type Config = z.output<typeof configSchema>

/** Every section but channels and bots with its defaults filled in. Throws a ZodError for values out of range. */
export function defaults(
  sections: Omit<ConfigInput, 'channels' | 'bots'> = {},
): Omit<Config, 'channels' | 'bots'> {
  return configSchema.omit({ channels: true, bots: true }).parse(sections)
}

/** Bots as the configuration writes them, with defaults filled in. Throws a ZodError for a login that is none. */
export function toBots(inputs: ConfigInput['bots']): Bot[] {
  return configSchema.shape.bots.parse(inputs).map((input) => ({ ...input, login: toBotLogin(input.login) }))
}

/** The same schema for editors and for tables: JSON Schema 2020-12 of what may be written, with texts and defaults. */
export const configJsonSchema = () => z.toJSONSchema(configSchema, { io: 'input' })

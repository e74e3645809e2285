import { SECOND } from '../clock.js'
import { between, pick, type Random, seededRandom } from '../random.js'
import { chatterLine, commandLine, mentionLine, questionText, raiderLine } from './viewer-lines.js'
import { anyViewer, otherBotLine, viewerName } from './viewers.js'

/** Something that happens in chat or to the connections. JSON-safe. */
export type ScenarioAction =
  | { readonly kind: 'say'; readonly channel: string; readonly viewer: string; readonly text: string }
  | { readonly kind: 'raid'; readonly channel: string; readonly from: string; readonly viewers: number }
  | { readonly kind: 'cut'; readonly login?: string }
  | { readonly kind: 'half-open'; readonly login?: string }
  | { readonly kind: 'reconnect'; readonly login?: string }
  | { readonly kind: 'away' }
  | { readonly kind: 'back' }

/** When it happens, in milliseconds from the start. */
interface ScenarioStep {
  readonly atMs: number
  readonly action: ScenarioAction
}

/** What happens, in order of time. */
export type Scenario = readonly ScenarioStep[]

/** What every scenario needs: the same seed gives the same scenario. */
export interface ScenarioInput {
  readonly seed: number
  readonly channel: string
}

interface WithBots extends ScenarioInput {
  /** Logins of the bots that viewers talk to. */
  readonly bots: readonly string[]
}

/** Regulars that ambient lines come from: few enough that names become familiar. */
const REGULARS = 40
/** Names from here on belong to raiders, so that none of them is a regular. */
const RAIDERS_FROM = 1000
const FLOODER = 'LoudLlama'

/** A slow evening: a line every few seconds, now and then a question to a bot. */
export function quietChat({ lastsMs, ...input }: WithBots & { readonly lastsMs: number }): Scenario {
  const random = seededRandom(input.seed)
  return spacedSteps(random, lastsMs, [2 * SECOND, 6 * SECOND], () =>
    random() < 0.15 ? asks(random, input, [pick(random, input.bots)]) : chats(random, input),
  )
}

/** A lively channel: chatter, questions, commands, other bots, a line to several bots at once. */
export function mixedChat({
  lastsMs,
  linesPerSecond,
  ...input
}: WithBots & { readonly lastsMs: number; readonly linesPerSecond: number }): Scenario {
  const random = seededRandom(input.seed)
  const gap = SECOND / linesPerSecond
  return spacedSteps(random, lastsMs, [gap * 0.3, gap * 1.7], () => mixedAction(random, input))
}

/** Questions by different viewers to one bot in a short time: five within two seconds unless told otherwise. */
export function questionBurst({
  bot,
  questions = 5,
  withinMs = 2 * SECOND,
  ...input
}: ScenarioInput & {
  readonly bot: string
  readonly questions?: number
  readonly withinMs?: number
}): Scenario {
  const random = seededRandom(input.seed)
  return spread(random, questions, withinMs, (index) =>
    says(input, viewerName(index), mentionLine(random, [bot])),
  )
}

/** One viewer calls every bot in one line. */
export function everybodyAnswer({ bots, ...input }: WithBots): Scenario {
  const random = seededRandom(input.seed)
  const names = bots.map((bot) => `@${bot}`).join(' ')
  return [{ atMs: 0, action: says(input, anyViewer(random, REGULARS), `${names} ${questionText(random)}`) }]
}

/** Three viewers ask, all within 200 ms. */
export function threeAtOnce({ bots, ...input }: WithBots): Scenario {
  const random = seededRandom(input.seed)
  return spread(random, 3, 200, (index) =>
    says(input, viewerName(index), mentionLine(random, [bots[index % bots.length] ?? pick(random, bots)])),
  )
}

/** A raid: the announcement, then one question by each raider, spread over the time and the bots. */
export function raid({
  viewers,
  overMs,
  from = 'CosmicCrumpet',
  ...input
}: WithBots & { readonly viewers: number; readonly overMs: number; readonly from?: string }): Scenario {
  const random = seededRandom(input.seed)
  const announcement: ScenarioAction = { kind: 'raid', channel: input.channel, from, viewers }
  const mentions = spread(random, viewers, overMs, (index) => {
    const bot = input.bots[index % input.bots.length] ?? pick(random, input.bots)
    return says(input, viewerName(RAIDERS_FROM + index), raiderLine(random, bot))
  })
  return [{ atMs: 0, action: announcement }, ...mentions]
}

/** One viewer asks one bot again and again. */
export function viewerFlood({
  bot,
  lines,
  overMs,
  ...input
}: ScenarioInput & { readonly bot: string; readonly lines: number; readonly overMs: number }): Scenario {
  const random = seededRandom(input.seed)
  return spread(random, lines, overMs, (index) =>
    says(input, FLOODER, `${mentionLine(random, [bot])} (${index + 1})`),
  )
}

/** So many lines a second that nobody can read them; none mentions a bot. */
export function lineFlood({
  linesPerSecond,
  lastsMs,
  ...input
}: ScenarioInput & { readonly linesPerSecond: number; readonly lastsMs: number }): Scenario {
  const random = seededRandom(input.seed)
  const count = Math.round((linesPerSecond * lastsMs) / SECOND)
  return spread(random, count, lastsMs, () => chats(random, input))
}

/** Everything that can happen to a connection, one after the other, with time to recover in between. */
export function disconnects({ bots, everyMs, ...input }: WithBots & { readonly everyMs: number }): Scenario {
  const random = seededRandom(input.seed)
  const login = pick(random, bots)
  const faults: readonly ScenarioAction[] = [
    { kind: 'cut', login },
    { kind: 'reconnect' },
    { kind: 'cut' },
    { kind: 'half-open', login },
    { kind: 'away' },
    { kind: 'back' },
  ]
  return faults.map((action, index) => ({ atMs: index * everyMs, action }))
}

/** Several scenarios as one, in order of time. */
export function together(...scenarios: readonly Scenario[]): Scenario {
  return scenarios.flat().sort((a, b) => a.atMs - b.atMs)
}

/** The same scenario, later. */
export function later(scenario: Scenario, byMs: number): Scenario {
  return scenario.map(({ atMs, action }) => ({ atMs: atMs + byMs, action }))
}

function mixedAction(random: Random, input: WithBots): ScenarioAction {
  const draw = random()
  if (draw < 0.2) return asks(random, input, [pick(random, input.bots)])
  if (draw < 0.23) return asks(random, input, input.bots)
  if (draw < 0.3) return says(input, anyViewer(random, REGULARS), commandLine(random))
  if (draw < 0.35) {
    const { viewer, text } = otherBotLine(random)
    return says(input, viewer, text)
  }
  return chats(random, input)
}

function asks(random: Random, input: ScenarioInput, bots: readonly string[]): ScenarioAction {
  return says(input, anyViewer(random, REGULARS), mentionLine(random, bots))
}

function chats(random: Random, input: ScenarioInput): ScenarioAction {
  return says(input, anyViewer(random, REGULARS), chatterLine(random))
}

function says({ channel }: ScenarioInput, viewer: string, text: string): ScenarioAction {
  return { kind: 'say', channel, viewer, text }
}

/** Steps one after the other with pauses drawn from `gapMs`, until `lastsMs` is over. */
function spacedSteps(
  random: Random,
  lastsMs: number,
  gapMs: readonly [number, number],
  action: () => ScenarioAction,
): Scenario {
  const steps: ScenarioStep[] = []
  for (let atMs = between(random, gapMs); atMs < lastsMs; atMs += between(random, gapMs)) {
    steps.push({ atMs, action: action() })
  }
  return steps
}

/** `count` steps at moments drawn evenly from the time there is. */
function spread(
  random: Random,
  count: number,
  withinMs: number,
  action: (index: number) => ScenarioAction,
): Scenario {
  const moments = Array.from({ length: count }, () => random() * withinMs).sort((a, b) => a - b)
  return moments.map((atMs, index) => ({ atMs, action: action(index) }))
}

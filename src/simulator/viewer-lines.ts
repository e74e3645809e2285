import { pick, type Random } from '../random.js'

/** A template: `{slot}` is filled with one of the words of that name. */
type Template = string

const WORDS = {
  thing: [
    'that jump',
    'this boss',
    'the new map',
    'that soundtrack',
    'the lighting in here',
    'that dodge',
    'this puzzle',
    'the inventory screen',
    'that chicken',
    'the tutorial guy',
    'this overlay',
    'the secret door',
  ],
  feeling: [
    'wild',
    'so clean',
    'criminally underrated',
    'weirdly relaxing',
    'pure chaos',
    'better than coffee',
    'way too hard for me',
    'oddly beautiful',
    'a classic',
    'exactly my mood',
  ],
  food: [
    'pizza',
    'ramen',
    'pineapple on pizza',
    'cold fries',
    'toast',
    'pickles',
    'cereal for dinner',
    'soup',
  ],
  place: [
    'Ohio',
    'Lisbon',
    'a very small office',
    'the bus',
    'Osaka',
    'my kitchen',
    'Leeds',
    'São Paulo',
    'night shift',
  ],
  game: [
    'Celeste',
    'Hades',
    'Tetris',
    'Stardew',
    'chess',
    'Outer Wilds',
    'Minecraft',
    'Portal',
    'a farming sim',
  ],
  animal: ['my cat', 'my dog', 'a capybara', 'an otter', 'the neighbour’s parrot', 'my hamster', 'a goose'],
  plan: [
    'finish the run',
    'touch grass',
    'redecorate the base',
    'fight the dragon',
    'take a nap',
    'speedrun it',
  ],
  emote: ['Kappa', 'LUL', 'PogChamp', 'BibleThump', 'NotLikeThis', 'SeemsGood', 'HeyGuys', 'VoHiYo'],
  time: ['tomorrow', 'at 3 am', 'on a Monday', 'before breakfast', 'next week', 'in a thunderstorm'],
} as const satisfies Readonly<Record<string, readonly string[]>>

const CHATTER: readonly Template[] = [
  '{thing} is {feeling}',
  'ok {thing} was {feeling} {emote}',
  '{emote} {emote} {emote}',
  '{emote}',
  'hi from {place}!',
  'first time here, {thing} is {feeling}',
  'did anyone else see {thing}??',
  'I tried this once with {animal} on my lap. Never again {emote}',
  'who needs {food} when there is {thing}',
  'brb getting {food}',
  'back, what did I miss',
  'chat be honest: {food}, yes or no',
  '{animal} just walked over my keyboard dfgjkl',
  'this reminds me of {game}',
  'we should {plan} after this',
  'lol',
  'no way {emote}',
  'gg',
  'that was close {emote}',
  'my whole family is watching now, say hi to {animal}',
  'been lurking from {place}, great stream',
  'is it just me or is {thing} {feeling}',
  'I vote we {plan}',
  'clip it!!',
  'the way you handled {thing} was {feeling}',
  'W',
  'can we get some hype for {thing} PogChamp',
  'petition to play {game} {time}',
  '10/10 would watch {thing} again',
  'someone explain {thing} to me like I am five',
]

const COMMANDS: readonly Template[] = [
  '!uptime',
  '!discord',
  '!lurk',
  '!song',
  '!so {game}',
  '!dice 20',
  '!today',
]

const QUESTIONS: readonly Template[] = [
  'what do you think about {food}?',
  'is {thing} {feeling} or am I dreaming?',
  'should we {plan} or keep going?',
  'would you rather fight {animal} or {thing}?',
  'what is the best snack for watching {game}?',
  'settle this: {food} or {food}?',
  'can {animal} beat this level?',
  'how would you beat {thing}?',
  'any advice for someone who has to get up early {time}?',
  'what would you name {animal} if it could talk?',
  'do you dream, and is it about {food}?',
  'tell us your hottest take on {game}',
  'who would win, {animal} or the tutorial guy?',
  'what is your excuse for missing {thing}?',
  'rate {thing} from one to ten please',
  'I am stuck in {place}, what should I do?',
  'is it ok to eat {food} {time}?',
  'which game should we play after this, {game} or {game}?',
  'do you also think {thing} is {feeling}?',
  'what would you do with a million channel points?',
  'can you give us a pep talk for {thing}?',
  'why does {animal} always look so disappointed?',
]

const GREETINGS: readonly Template[] = [
  'hi, we just came over from the raid! {question}',
  'raid! {question}',
  '{emote} hello from the raid, {question}',
  'never been here before, {question}',
  '{question}',
  '{question} asking for a friend {emote}',
]

/** A line of the channel's ordinary chatter. It mentions nobody. */
export function chatterLine(random: Random): string {
  return fill(random, pick(random, CHATTER))
}

/** A command for one of the channel's other bots. */
export function commandLine(random: Random): string {
  return fill(random, pick(random, COMMANDS))
}

/** A question for somebody; it names nobody. */
export function questionText(random: Random): string {
  return fill(random, pick(random, QUESTIONS))
}

/** A line that asks these bots something, the name in front, behind or in between. */
export function mentionLine(random: Random, logins: readonly string[]): string {
  const names = logins.map((login) => `@${login}`).join(' ')
  const question = questionText(random)
  return random() < 0.75 ? `${names} ${question}` : `${question.replace(/\?$/, '')}, ${names}?`
}

/** What a raider says on arrival to one bot. */
export function raiderLine(random: Random, login: string): string {
  const text = fill(random, pick(random, GREETINGS).replace('{question}', questionText(random)))
  return `@${login} ${text}`
}

/** Fills a template; a slot that comes twice gets two different words. */
function fill(random: Random, template: Template): string {
  const used = new Set<string>()
  return template.replace(/\{(\w+)\}/g, (slot, name: string) => {
    if (!isSlot(name)) return slot
    const words: readonly string[] = WORDS[name]
    const word = pick(
      random,
      words.filter((one) => !used.has(one)),
    )
    used.add(word)
    return word
  })
}

function isSlot(name: string): name is keyof typeof WORDS {
  return Object.hasOwn(WORDS, name)
}

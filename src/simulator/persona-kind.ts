/** What a viewer's line is, as far as a stand-in needs to know. */
export type LineKind =
  | 'greeting'
  | 'farewell'
  | 'thanks'
  | 'compliment'
  | 'insult'
  | 'raid'
  | 'emotes'
  | 'joke'
  /** Asks whether it talks to a bot: the answer is honest. */
  | 'nature'
  /** Tries to give the model new orders. */
  | 'orders'
  | 'yes-no'
  | 'what'
  | 'why'
  | 'how'
  | 'who'
  | 'when'
  | 'where'
  | 'other'

const QUESTIONS: ReadonlySet<LineKind> = new Set(['yes-no', 'what', 'why', 'how', 'who', 'when', 'where'])

/** Raiders greet with emotes, too: looked for before those. */
const RAID = /\braid(s|er|ers|ed|ing)\b|raid\b/

/** From top to bottom; the first that fits counts. */
const SIGNS: readonly (readonly [LineKind, RegExp])[] = [
  [
    'orders',
    /\b(ignore|forget|disregard|reveal|repeat)\b.*\b(instructions?|rules?|prompt|orders)\b|\bsystem prompt\b/,
  ],
  [
    'nature',
    /\b(are|r) (you|u) (really |just |even )?(an? )?(real|human|bot|robot|ai|person|program|machine|fake|alive)\b/,
  ],
  ['thanks', /\b(thanks|thank you|thank u|thx|ty|tysm|merci|danke|gracias)\b/],
  [
    'joke',
    /\b(tell|say|sing|make|do|know|got|give)\b.*\b(jokes?|puns?|song|story|poem|funny)\b|\bmake me laugh\b/,
  ],
  [
    'insult',
    /\b(stupid|dumb|bad bot|sucks?|trash|garbage|lame|boring|shut up|hate you|useless|cringe|ugly|worst|annoying|idiot|loser|clown|ratio)\b/,
  ],
  ['why', /^(but |so |and |ok |hey )*(why|how come)\b/],
  ['how', /^(but |so |and |ok |hey )*how\b/],
  ['who', /^(but |so |and |ok |hey )*(who|whos|whose|whom)\b/],
  ['when', /^(but |so |and |ok |hey )*when\b/],
  ['where', /^(but |so |and |ok |hey )*(where|wheres)\b/],
  ['what', /^(but |so |and |ok |hey )*(what|whats|which|wat)\b/],
  [
    'yes-no',
    /^(but |so |and |ok |hey )*(is|are|am|was|were|do|does|did|can|could|will|would|should|shall|have|has|may|might|any|isnt|arent|dont|doesnt|cant|wont|wouldnt)\b.*/,
  ],
  [
    'farewell',
    /\b(bye|goodbye|good night|goodnight|gn|cya|see you|see ya|later all|gotta go|heading out|adieu|au revoir)\b/,
  ],
  [
    'compliment',
    /\b(love|loved|nice|great|awesome|best|good bot|cool|amazing|funny|king|goat|goated|legend|well played|wp|gg|brilliant|hilarious|adorable|cute|lovely|perfect|beautiful)\b/,
  ],
  [
    'greeting',
    /^(hi+|hello+|hey+|heya|yo+|sup|hiya|howdy|greetings|welcome|morning|evening|o7|bonjour|salut|hola|hallo|good (morning|evening|afternoon|day))\b/,
  ],
]

const EMOTE =
  /^(?:kappa|keepo|lul|lulw|lol|omegalul|kekw|pog\w*|monka\w*|pepe\w*|\w*hype|sad\w*ge|\w+ge|4head|ez|gg|<3|w|l|f|x+d|ha(ha)+|[:;=]-?[)(dpo3/|])$/i

/** What kind of line this is; `text` is one line without the mention. */
export function toLineKind(text: string): LineKind {
  const folded = text
    .toLowerCase()
    .replace(/[’']/g, '')
    .replace(/[^\p{L}\p{N}<?:;=)(/|]+/gu, ' ')
    .trim()
  // Nothing but the mention: somebody calls.
  if (text.trim() === '') return 'greeting'
  if (RAID.test(folded)) return 'raid'
  if (isEmotes(text)) return 'emotes'
  const [kind] = SIGNS.find(([, sign]) => sign.test(folded)) ?? []
  if (kind) return kind
  return folded.endsWith('?') ? askedInside(folded) : 'other'
}

/** Whether the line wants an answer rather than a remark. */
export function isQuestion(kind: LineKind): boolean {
  return QUESTIONS.has(kind)
}

/** The question word may come late: "sticky, honestly, why?" */
function askedInside(folded: string): LineKind {
  const word = /\b(why|how|who|when|where|what|which)\b/.exec(folded)?.[1]
  if (word === 'which') return 'what'
  return SIGNS.find(([kind]) => kind === word)?.[0] ?? 'yes-no'
}

/** Known emotes, one word again and again, or no letters at all. */
function isEmotes(text: string): boolean {
  const words = text.split(/\s+/).filter((word) => word !== '')
  if (words.length === 0) return false
  if (words.every((word) => EMOTE.test(word) || !/[\p{L}?]/u.test(word))) return true
  return words.length >= 3 && new Set(words).size === 1
}

/** Combining marks in a row that stay. Composed text of living languages needs no more; a flood covers other lines. */
const MARKS_MAX = 3

/** Every way to end a line. */
const LINE_END = /\r\n?|[\n\v\f\u0085\p{Zl}\p{Zp}]/gu
/** Spaces of any width, and the Braille pattern without dots, which looks like one. */
const BLANK = /[\t\p{Zs}\u2800]/gu
const MARK_FLOOD = new RegExp(String.raw`(\p{M}{${MARKS_MAX}})\p{M}+`, 'gu')

const ONE_EMOJI = String.raw`\p{Extended_Pictographic}\p{Emoji_Modifier}?[\uFE0E\uFE0F]?`
const EMOJI = String.raw`${ONE_EMOJI}(?:\u200D${ONE_EMOJI})*`
const KEYCAP = String.raw`[0-9#*]\uFE0F\u20E3`
/** England, Scotland, Wales: the only flags spelled in tag characters. Any other tag is text that nobody sees. */
const TAG_FLAG = `\u{1F3F4}(?:${['gbeng', 'gbsct', 'gbwls'].map(inTags).join('|')})\u{E007F}`

/** Scripts in which a joiner between two letters changes how a word reads. Elsewhere it is only a way to hide. */
const JOINING_SCRIPT = `[${[
  'Arabic',
  'Syriac',
  'Nko',
  'Mongolian',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
  'Myanmar',
  'Tibetan',
]
  .map((script) => String.raw`\p{scx=${script}}`)
  .join('')}]`
const SCRIPT_JOINER = String.raw`(?<=${JOINING_SCRIPT})[\u200C\u200D](?=${JOINING_SCRIPT})`

/** Format characters that are seen: they stand above or around the digits of a number. */
const VISIBLE_FORMAT = String.raw`[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}]`
/**
 * Controls, bidi and other format characters, half surrogates, private use, what this Unicode version does not know,
 * fillers, stand-ins for what is lost.
 */
const HIDDEN = String.raw`[\p{C}\p{Default_Ignorable_Code_Point}\uFFFC\uFFFD]`

/** Alternatives are tried in order: what holds visible characters together is matched, and kept, before it counts as hidden. */
const KEPT_OR_HIDDEN = new RegExp(
  String.raw`(\n|${TAG_FLAG}|${KEYCAP}|${EMOJI}|${SCRIPT_JOINER}|${VISIBLE_FORMAT})|${HIDDEN}`,
  'gu',
)

/**
 * Text in which every character is seen: composed (NFC), well-formed, its lines ended by `\n` alone, its spaces plain.
 * Nothing invisible stays but the joiners and selectors within emoji, and joiners inside words of scripts that need them.
 */
export function toPlainCharacters(text: string): string {
  return text
    .replace(LINE_END, '\n')
    .replace(BLANK, ' ')
    .replace(KEPT_OR_HIDDEN, (_, kept: string | undefined) => kept ?? '')
    .normalize('NFC')
    .replace(MARK_FLOOD, '$1')
}

/** ASCII as the tag characters that stand for it. */
function inTags(ascii: string): string {
  return Array.from(ascii, (char) => String.fromCodePoint(0xe0000 + (char.codePointAt(0) ?? 0))).join('')
}

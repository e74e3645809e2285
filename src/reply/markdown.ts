const FENCE = /^[ ]*(?:`{3,}|~{3,})[^\n`]*$/gm
const RULE = /^[ ]*(?:-{3,}|\*{3,}|_{3,})[ ]*$/gm
const HEADING = /^[ ]*#{1,6}[ ]+/gm
const BULLET = /^[ ]*[-*+•][ ]+/gm
/** With a space: `>_<` and `>:(` are faces. */
const QUOTATION = /^[ ]*(?:>[ ]+)+/gm
const NUMBER = /^[ ]*\d{1,3}[.)][ ]+/gm

const LINK = /!?\[([^[\]\n]{0,300})\]\(([^()\n]{0,2000})\)/g
const BRACKETED_ADDRESS = /<(https?:\/\/[^\s<>]{1,2000})>/gi
/** Tags that models write instead of markdown, the marks of a prompt, and control tokens of local models. */
const TAG = /<\/?(?:line|lines|chat|br|hr|p|b|i|u|s|em|strong|code|pre) ?\/?>|<\|[^<>|\n]{0,40}\|>/gi

const CODE = /(?<!`)(`{1,3})(?!`)([^`\n]+)\1(?!`)/g
const LOOSE_BACKTICKS = /`{2,}/g
const BOLD = /\*\*(?=[^\s*])((?:[^*\n]|\*(?!\*))+)(?<=\S)\*\*/g
/** A mark whose end was cut off. Behind a letter it is none: `f**k`. */
const LOOSE_BOLD = /(?<![\p{L}\p{N}*])\*{2,3}(?=[\p{L}\p{N}])/gu
/** Two characters and more, the first a letter or digit: `*_*`, `*-*` and `*o*` are faces, `2*3*4` is a sum. */
const STARRED = /(?<![\p{L}\p{N}*])\*(?=[\p{L}\p{N}"'])([^*\n]+[^*\s])\*(?![\p{L}\p{N}*])/gu
/** Not inside a word, so that snake_case stays, nor of a name behind an at sign. */
const UNDERSCORED = /(?<![\p{L}\p{N}_@/\\])(_{1,2})(?=[\p{L}\p{N}"'])([^_\n]*[^_\s])\1(?![\p{L}\p{N}_])/gu
const STRUCK = /~~(?=[^\s~])([^~\n]+)~~/g
const SPOILER = /\|\|(?=[^\s|])([^|\n]+)\|\|/g
/** Only signs that no face holds behind a backslash: the shrug keeps its arm. */
const ESCAPE = /\\([*`#])/g

/**
 * Takes markdown's marks off and leaves the words, line by line. Faces such as `:D`, `<3`, `*_*` and `¯\_(ツ)_/¯`,
 * snake_case names and censored words are no markdown.
 *
 * @param text with lines ended by `\n`
 * @param links whether a link keeps its address beside its text
 */
export function withoutMarkdown(text: string, links: boolean): string {
  return withoutInlineMarks(withoutBlockMarks(text), links)
}

function withoutBlockMarks(text: string): string {
  const lines = text
    .replace(FENCE, '')
    .replace(RULE, '')
    .replace(HEADING, '')
    .replace(BULLET, '')
    .replace(QUOTATION, '')
  // One number is an answer or a date; a list has two.
  const isList = [...lines.matchAll(NUMBER)].length > 1
  return isList ? lines.replace(NUMBER, '') : lines
}

function withoutInlineMarks(text: string, links: boolean): string {
  return text
    .replace(LINK, links ? '$1 $2' : '$1')
    .replace(BRACKETED_ADDRESS, '$1')
    .replace(TAG, ' ')
    .replace(CODE, '$2')
    .replace(LOOSE_BACKTICKS, '')
    .replace(BOLD, '$1')
    .replace(STARRED, '$1')
    .replace(LOOSE_BOLD, '')
    .replace(UNDERSCORED, '$2')
    .replace(STRUCK, '$1')
    .replace(SPOILER, '$1')
    .replace(ESCAPE, '$1')
}

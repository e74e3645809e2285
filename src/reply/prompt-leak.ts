import type { Bot } from '../domain.js'
import { RULES } from './prompt.js'

/** Letters and digits in a row that are no accident: some four words of rules, which nobody says in a chat. */
const RULES_RUN_UNITS = 24
/** Some nine words of a persona; its catchphrases, which a bot should say, are shorter. */
const PERSONA_RUN_UNITS = 45

/** Whether a line repeats a longer piece of what the model was told in confidence, whatever its punctuation. */
export function quotesPrompt(line: string, { persona }: Pick<Bot, 'persona'>): boolean {
  const said = lettersOf(line)
  return sharesRun(said, RULES, RULES_RUN_UNITS) || sharesRun(said, persona, PERSONA_RUN_UNITS)
}

function sharesRun(said: string, confidential: string, units: number): boolean {
  // Text safety takes a line's markers (`<chat>`) away before it comes here.
  const told = [confidential, confidential.replace(/<[^<>]*>/g, '')].map(lettersOf)
  for (let start = 0; start + units <= said.length; start++) {
    const run = said.slice(start, start + units)
    if (told.some((text) => text.includes(run))) return true
  }
  return false
}

function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

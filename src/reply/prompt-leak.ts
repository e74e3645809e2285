/** Letters and digits in a row that are no accident: some twelve words. A catchphrase of a persona is shorter. */
const RUN_UNITS = 60

/** Whether a line repeats a longer piece of what the model was told in confidence, whatever its punctuation. */
export function quotesPrompt(line: string, confidential: string): boolean {
  const said = lettersOf(line)
  if (said.length < RUN_UNITS) return false
  // Text safety takes a line's markers (`<chat>`) away before it comes here.
  const told = [confidential, confidential.replace(/<[^<>]*>/g, '')].map(lettersOf)
  for (let start = 0; start + RUN_UNITS <= said.length; start++) {
    const run = said.slice(start, start + RUN_UNITS)
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

/** Letters and digits in a row that are no accident: some twelve words. A catchphrase of a persona is shorter. */
const RUN_UNITS = 60

/** Whether a line repeats a longer piece of what the model was told in confidence, whatever its punctuation. */
export function quotesPrompt(line: string, confidential: string): boolean {
  const said = lettersOf(line)
  if (said.length < RUN_UNITS) return false
  const told = lettersOf(confidential)
  for (let start = 0; start + RUN_UNITS <= said.length; start++) {
    if (told.includes(said.slice(start, start + RUN_UNITS))) return true
  }
  return false
}

function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

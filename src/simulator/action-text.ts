/** How IRC marks what is said with `/me`. */
const FRAME = '\u0001'
const HEAD = `${FRAME}ACTION `

/** What was said with `/me`, in its frame. */
export function frameAction(text: string): string {
  return `${HEAD}${text}${FRAME}`
}

/** Takes the frame off; `undefined` for text that is no action. A missing end is forgiven, as Twitch does. */
export function unframeAction(text: string): string | undefined {
  if (!text.startsWith(HEAD)) return undefined
  return text.slice(HEAD.length, text.endsWith(FRAME) ? -FRAME.length : undefined)
}

/** Takes a client's `/me ` or the frame off: both mean the same to Twitch. */
export function readAction(text: string): string | undefined {
  return /^[/.]me /.test(text) ? text.slice('/me '.length) : unframeAction(text)
}

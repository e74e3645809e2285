/** Whether a text is the address of a server. A key goes into the environment, and no name or password into a file. */
export function isServerUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return false
  return url.hostname !== '' && url.username === '' && url.password === ''
}

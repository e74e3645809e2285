const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i

/** Whether only this machine can reach a host; `::1` with or without the brackets it has in an address. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

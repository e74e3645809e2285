/**
 * Milliseconds of processor time that some work takes in this process: on a machine that has no time for it, as many as on
 * one that has.
 */
export function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  return toMs(process.cpuUsage(before))
}

/** The same of work that others may interrupt: theirs counts, too. */
export async function cpuMsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  return toMs(process.cpuUsage(before))
}

const toMs = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000

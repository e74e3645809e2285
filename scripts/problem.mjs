/** Something the person at the keyboard can mend: printed as it is, without a stack. */
export class Problem extends Error {}

/**
 * Runs a script's main function; a {@link Problem} ends it with its text and exit code 1.
 *
 * @param {() => Promise<number | void>} main returns the exit code; 0 when it returns nothing
 */
export async function runMain(main) {
  try {
    const code = await main()
    if (code) process.exitCode = code
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}

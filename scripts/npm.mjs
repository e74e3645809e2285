import { runChild, runNode } from './child.mjs'

/**
 * Runs the npm that was called, else the one on the path.
 *
 * @param {readonly string[]} args
 * @param {import('./child.mjs').ChildOptions} [options]
 */
export function npm(args, options) {
  const script = process.env.npm_execpath
  if (script?.endsWith('.js')) return runNode([script, ...args], options)
  if (process.platform !== 'win32') return runChild('npm', args, options)
  // npm is a batch file there, which only the shell can start.
  return runChild('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], options)
}

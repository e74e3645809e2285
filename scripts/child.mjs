import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { ROOT } from './project.mjs'

/**
 * @typedef {object} Ended
 * @property {number} code the exit code; 128 + its number where a signal ended it, as shells count
 * @property {string} output what it printed, both streams in order; empty where they were inherited
 */

/**
 * @typedef {object} ChildOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] in place of this process's
 * @property {boolean} [isShown] its streams are ours
 */

/**
 * Runs a program to its end. SIGTERM is passed on; Ctrl-C reaches the whole terminal group anyway.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {ChildOptions} [options]
 * @returns {Promise<Ended>} rejects only when the program can't be started
 */
export function runChild(command, args, { cwd = ROOT, env = process.env, isShown = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: isShown ? 'inherit' : ['ignore', 'pipe', 'pipe'] })
    const release = passSignals(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk) => {
        output += chunk
      })
    }
    child.once('error', (error) => {
      release()
      reject(error)
    })
    child.once('close', (code, signal) => {
      release()
      resolve({ code: code ?? 128 + constants.signals[signal ?? 'SIGTERM'], output })
    })
  })
}

/**
 * Runs a JavaScript file with the Node that runs this script.
 *
 * @param {readonly string[]} args file first
 * @param {ChildOptions} [options]
 */
export const runNode = (args, options) => runChild(process.execPath, args, options)

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => void} takes the listeners back
 */
function passSignals(child) {
  const terminate = () => child.kill('SIGTERM')
  // A listener keeps this process alive on Ctrl-C until the child, which got it too, has ended.
  const wait = () => {}
  process.on('SIGTERM', terminate).on('SIGINT', wait)
  return () => void process.off('SIGTERM', terminate).off('SIGINT', wait)
}

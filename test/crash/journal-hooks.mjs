import { Journal } from '../../dist/index.js'

/** @import { Step } from './round-plan.mjs' */

/**
 * What a journal is made to forget, to see whether that is found out: `accepted` rows, or the `mark` of a line that is
 * about to be written.
 *
 * @typedef {'accepted' | 'mark'} Forgotten
 */

/** Both change the journal of this process, and must be called before one is made. */

/** @param {Forgotten} what */
export function forget(what) {
  if (what === 'mark') {
    Journal.prototype.putNow = () => {}
    return
  }
  const { put } = Journal.prototype
  Journal.prototype.put = function (record) {
    return record.progress.kind === 'accepted' ? Promise.resolve() : put.call(this, record)
  }
}

/** @param {{ step: Step, count: number }} where */
export function dieAt({ step, count }) {
  let left = count
  const die = () => {
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  }
  const { put, putNow, settle } = Journal.prototype
  const hooks = {
    /** @type {Journal['put']} */
    accepting(record) {
      const isPut = put.call(this, record)
      if (record.progress.kind === 'accepted') die()
      return isPut
    },
    /** @type {Journal['putNow']} */
    marked(record) {
      putNow.call(this, record)
      die()
    },
    /** @type {Journal['settle']} */
    settling(record, outcome) {
      const isSettled = settle.call(this, record, outcome)
      die()
      return isSettled
    },
  }
  if (step === 'accepting') Journal.prototype.put = hooks.accepting
  if (step === 'marked') Journal.prototype.putNow = hooks.marked
  if (step === 'settling') Journal.prototype.settle = hooks.settling
}

/**
 * Dies whenever a reply to this viewer is in work, and that is written down.
 *
 * @param {string} viewer
 */
export function dieOf(viewer) {
  const { put } = Journal.prototype
  Journal.prototype.put = async function (record) {
    await put.call(this, record)
    const isOf = record.task.message.login === viewer.toLowerCase()
    if (isOf && record.progress.kind === 'working') process.kill(process.pid, 'SIGKILL')
  }
}

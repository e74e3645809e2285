import { Journal } from '../../dist/index.js'

/** @import { Step } from './round-plan.mjs' */

/** @import { ReplyRecord } from '../../dist/reply-journal.js' */

/**
 * What a journal is made to forget, to see whether that is found out: `accepted` rows, the `mark` of a line that is
 * about to be written, or which replies are `joint`.
 *
 * @typedef {'accepted' | 'mark' | 'joint'} Forgotten
 */

/** Both change the journal of this process, and must be called before one is made. */

/** @param {Forgotten} what */
export function forget(what) {
  const { put, putNow } = Journal.prototype
  const alone = (/** @type {ReplyRecord} */ record) => ({ ...record, joint: undefined })
  const forgets = {
    accepted() {
      Journal.prototype.put = function (record) {
        return record.progress.kind === 'accepted' ? Promise.resolve() : put.call(this, record)
      }
    },
    mark() {
      Journal.prototype.putNow = () => {}
    },
    joint() {
      Journal.prototype.put = function (record) {
        return put.call(this, alone(record))
      }
      Journal.prototype.putNow = function (record) {
        putNow.call(this, alone(record))
      }
    },
  }
  forgets[what]()
}

/** @param {{ step: Step, count: number }} where */
export function dieAt({ step, count }) {
  let left = count
  const die = () => {
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  }
  const { put, putNow, settle } = Journal.prototype
  const isJoint = (/** @type {ReplyRecord} */ { joint }) => joint !== undefined
  /** @param {(record: ReplyRecord) => boolean} isIt */
  const atPut = (isIt) => {
    Journal.prototype.put = function (record) {
      const isPut = put.call(this, record)
      if (isIt(record)) die()
      return isPut
    }
  }
  /** @param {ReplyRecord['progress']['kind']} kind of what several replies share */
  const whenJointIsPut = (kind) => {
    Journal.prototype.put = async function (record) {
      await put.call(this, record)
      if (isJoint(record) && record.progress.kind === kind) die()
    }
  }
  /** @param {(record: ReplyRecord) => boolean} isIt */
  const atPutNow = (isIt) => {
    Journal.prototype.putNow = function (record) {
      putNow.call(this, record)
      if (isIt(record)) die()
    }
  }
  /** @param {(record: ReplyRecord) => boolean} isIt */
  const atSettle = (isIt) => {
    Journal.prototype.settle = function (record, outcome) {
      const isSettled = settle.call(this, record, outcome)
      if (isIt(record)) die()
      return isSettled
    }
  }
  const hooks = {
    accepting: () => atPut(({ progress }) => progress.kind === 'accepted'),
    marked: () => atPutNow(() => true),
    settling: () => atSettle(() => true),
    joining: () => whenJointIsPut('working'),
    joined: () => whenJointIsPut('accepted'),
    'jointly-marked': () => atPutNow(isJoint),
    'jointly-settling': () => atSettle(isJoint),
  }
  hooks[step]()
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

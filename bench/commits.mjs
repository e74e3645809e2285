import Libsql from 'libsql'

/**
 * Writes down how long each transaction of this process takes, in milliseconds: from its begin until its commit is on the
 * disk. Nothing else runs meanwhile. It listens between the product and its driver.
 *
 * @returns {{ readonly tookMs: number[] }}
 */
export function watchCommits() {
  const watch = { tookMs: /** @type {number[]} */ ([]) }
  const execute = Libsql.prototype.exec
  let begunMs = 0
  Libsql.prototype.exec = function (sql) {
    if (sql.startsWith('BEGIN')) begunMs = performance.now()
    const result = execute.call(this, sql)
    if (sql === 'COMMIT') watch.tookMs.push(performance.now() - begunMs)
    return result
  }
  return watch
}

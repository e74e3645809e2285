import { build, isBuilt } from './build.mjs'
import { install, isInstalled } from './install.mjs'
import { withLock } from './lock.mjs'
import { requireNode } from './node-version.mjs'
import { inProject } from './project.mjs'

const LOCK = inProject('.setup.lock')

/** @param {string} line on stderr: stdout belongs to the program that is started */
const tell = (line) => process.stderr.write(`${line}\n`)

/**
 * Installs and builds what is missing or stale; two at once take turns, and the second finds it done.
 *
 * @param {{ mustBuild?: boolean }} [options] `mustBuild`: build even when nothing changed
 */
export async function prepare({ mustBuild = false } = {}) {
  requireNode()
  if (!mustBuild && isInstalled() && isBuilt()) return
  await withLock(
    LOCK,
    async () => {
      if (!isInstalled()) await install(tell)
      if (mustBuild || !isBuilt()) await build(tell)
    },
    { onWait: () => tell('Waiting for another run that installs or builds …') },
  )
}

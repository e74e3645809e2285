import { damagedJournals, inspectJournal } from '../journal/inspect.js'
import { programName } from '../program-name.js'
import { type Finding, note, ok, toFailure } from './finding.js'
import { replies } from './replies.js'
import { runnerOn } from './runner-on.js'

/** Whether a Chorus runs on the data folder, and how its journal is. Changes nothing. */
export function checkJournal(dataDir: string | undefined): Finding[] {
  if (dataDir === undefined) return []
  return [...checkRunner(dataDir), ...checkFile(dataDir), ...checkAside(dataDir)]
}

function checkRunner(dataDir: string): Finding[] {
  const runner = runnerOn(dataDir)
  if (runner === 'unknown') return [note('whether a Chorus runs on the data folder can’t be told')]
  if (!runner) return [ok('no Chorus runs on the data folder')]
  const process = runner.pid === undefined ? '' : `, process ${runner.pid}`
  return [ok(`a Chorus runs on the data folder${process}: another one is refused there`)]
}

function checkFile(dataDir: string): Finding[] {
  try {
    const journal = inspectJournal(dataDir)
    if (!journal) return [ok('there is no journal yet: the first start makes it')]
    const { bytes, dead, file, open } = journal
    const state = ok(`journal ${file}: ${Math.ceil(bytes / 1024)} KB, ${replies(open)} without an outcome`)
    if (dead === 0) return [state]
    const count = dead === 1 ? '1 dead letter' : `${dead} dead letters`
    const advice = `See them with ${programName()} dead-letters, and have them tried again or discard them.`
    return [state, note(`${count}: replies whose attempts are spent`, advice)]
  } catch (error) {
    return [toFailure('journal', error)]
  }
}

function checkAside(dataDir: string): Finding[] {
  const names = damagedJournals(dataDir)
  if (names.length === 0) return []
  const what = `damaged journals lie in the data folder: ${names.join(', ')}`
  const advice =
    'What could be read of them went on in the new one. See that the disk works, then delete them.'
  return [note(what, advice)]
}

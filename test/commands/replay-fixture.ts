import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach } from 'vitest'
import { replayCommand } from '../../src/commands/replay.js'
import { tempFolder } from '../support/temp-folder.js'

const CONFIG =
  'channels: [elsewhere]\nbots: [{ login: chorusbot, aliases: [robo, VIEWER_7] }]\nignore: { users: [viewer_9] }\n'

/** Gives the file's tests a function that replays raw lines, with three bots, and returns the report's rows by name. */
export function replays(): (lines: readonly string[]) => Promise<Readonly<Record<string, string>>> {
  let folder: string
  beforeEach(() => {
    folder = tempFolder()
    writeFileSync(path.join(folder, 'bots.yaml'), CONFIG)
  })
  return async (lines) => {
    const file = path.join(folder, 'recording.irc')
    writeFileSync(file, lines.join('\n'))
    let printed = ''
    const output = {
      write(text: string) {
        printed += text
      },
    }
    await replayCommand({
      file,
      configFile: path.join(folder, 'bots.yaml'),
      speed: 20,
      as: ['Viewer_3', 'viewer_7'],
      seed: 7,
      output,
      log: output,
    })
    const rows = printed.trimEnd().split('\n')
    return Object.fromEntries(rows.map((row) => [row.slice(0, 10).trim(), row.slice(11)]))
  }
}

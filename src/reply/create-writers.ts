import type { Config } from '../config-schema.js'
import { toChannelName } from '../domain.js'
import type { Environment } from '../environment.js'
import { Rehearsal } from './rehearsal.js'
import { ReplyWriter, type ReplyWriterOptions } from './reply-writer.js'
import { WordFilter } from './word-filter.js'

export interface CreateWritersOptions
  extends Pick<ReplyWriterOptions, 'bots' | 'conversation' | 'clock' | 'random' | 'events'> {
  readonly config: Pick<Config, 'channels' | 'safety' | 'ignore'>
  readonly environment: Pick<Environment, 'secrets'>
  readonly models: ReplyWriterOptions['model']
}

/** The writer of all lines, and the rehearsal that tries what it would write: as the configuration wants them, and alike. */
export function createWriters({
  config,
  environment,
  models,
  conversation,
  ...parts
}: CreateWritersOptions): {
  readonly writer: ReplyWriter
  readonly rehearsal: Rehearsal
} {
  const { channels, safety, ignore } = config
  const shared = {
    ...parts,
    model: models,
    wordFilter: new WordFilter({ blockedTerms: safety.blockedTerms }),
    moderation: safety.moderation,
    links: safety.links,
    secrets: environment.secrets,
    commandPrefixes: ignore.commandPrefixes,
  }
  return {
    writer: new ReplyWriter({ ...shared, conversation }),
    rehearsal: new Rehearsal({ ...shared, channel: toChannelName(channels[0] ?? '') }),
  }
}

import type { Config } from '../config-schema.js'
import type { Environment } from '../environment.js'
import { ReplyWriter, type ReplyWriterOptions } from './reply-writer.js'
import { WordFilter } from './word-filter.js'

export interface CreateWriterOptions
  extends Pick<ReplyWriterOptions, 'bots' | 'conversation' | 'clock' | 'random' | 'events'> {
  readonly config: Pick<Config, 'safety' | 'ignore'>
  readonly environment: Pick<Environment, 'secrets'>
  readonly models: ReplyWriterOptions['model']
}

/** The writer of all lines, as the configuration wants it. */
export function createWriter({ config, environment, models, ...parts }: CreateWriterOptions): ReplyWriter {
  const { safety, ignore } = config
  return new ReplyWriter({
    ...parts,
    model: models,
    wordFilter: new WordFilter({ blockedTerms: safety.blockedTerms }),
    moderation: safety.moderation,
    links: safety.links,
    secrets: environment.secrets,
    commandPrefixes: ignore.commandPrefixes,
  })
}

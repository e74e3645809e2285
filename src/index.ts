/** The library's door. */
export type { BotChatStatus, RoomStatus } from './chat/account-status.js'
export { fromTmi } from './chat/from-tmi.js'
export type { ChatStatus } from './chat/twitch-chat.js'
export { type Chorus, type ChorusOptions, type ChorusStatus, createChorus } from './chorus.js'
export { type Clock, systemClock } from './clock.js'
export { type LoadedConfig, type LoadOptions, loadConfig } from './config.js'
export { type Config, type ConfigInput, toBots } from './config-schema.js'
export type {
  Bot,
  BotLogin,
  ChannelName,
  ChatLine,
  ChatMessage,
  ChatText,
  Clearing,
  Decision,
  MessageId,
  Outcome,
  Raid,
  ReplyCause,
  ReplyTask,
  Roles,
  SilenceReason,
  TaskId,
  UserId,
} from './domain.js'
export type { Environment } from './environment.js'
export { ChorusError, type ErrorCode } from './errors.js'
export { ChorusEmitter, type ChorusEvents } from './events.js'
export type { DeadLetter } from './journal/dead-letter-table.js'
export { type DeadLetterChange, DeadLetters } from './journal/dead-letters.js'
export { Journal, type JournalOptions } from './journal/journal.js'
export { KnownSecrets } from './known-secrets.js'
export { createLogger, type Logger, type LoggerOptions } from './logger.js'
export { type Random, seededRandom } from './random.js'
export type { AnsweredBy, EndpointStatus } from './reply/guarded-model.js'
export type { ModelStatus } from './reply/models.js'
export type { TokenLevel, TokenStatus } from './reply/token-ceiling.js'
export type { Circumstances, ReplyDecider } from './reply-decider.js'
export type { ReplyJournal, ReplyRecord } from './reply-journal.js'
export type {
  BlockedCheck,
  DrainReport,
  JointHandler,
  JointReply,
  LaneStatus,
  LaneWait,
  ModelStanding,
  OwedReply,
  QueueCounts,
  QueueMetrics,
  ReplyHandler,
  ReplyQueue,
  ReplyShare,
  SendForecast,
  StopOptions,
  TakenBack,
  WorkContext,
} from './reply-queue.js'
export type { AnswerStatus, OutcomeCounts } from './router/answer-statistics.js'
export type { ControlState, MutedBot } from './router/controls.js'
export { MessageRouter, type RouterStatus } from './router/message-router.js'
export type { MessageRouterOptions } from './router/message-router-options.js'
export { Orchestrator, type OrchestratorOptions } from './routing/orchestrator.js'
export { Secret } from './secret.js'
export { staticTokens, type TokenChange, type TokenSource } from './token-source.js'
export type { TokenUse, TokenUseStore } from './token-use.js'
export type { TriedLine, TryOut } from './try-out.js'

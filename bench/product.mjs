import { pathToFileURL } from 'node:url'
import { inProject } from '../scripts/project.mjs'

/**
 * The built product, as the benchmarks use it: what they measure is what runs. Its types come from the source, so that
 * they can be checked before a build.
 *
 * @param {string} name of a module below dist, such as `chat/twitch-chat`
 */
const fromDist = (name) => import(pathToFileURL(inProject('dist', `${name}.js`)).href)

/** @type {typeof import('../src/chat/twitch-chat.js')} */
export const { TwitchChat } = await fromDist('chat/twitch-chat')
/** @type {typeof import('../src/chorus.js')} */
export const { createChorus } = await fromDist('chorus')
/** @type {typeof import('../src/clock.js')} */
export const { DAY, SECOND, sleep, systemClock } = await fromDist('clock')
/** @type {typeof import('../src/commands/stand-ins.js')} */
export const { startStandIns } = await fromDist('commands/stand-ins')
/** @type {typeof import('../src/config-schema.js')} */
export const { toBots } = await fromDist('config-schema')
/** @type {typeof import('../src/control-room/control-room.js')} */
export const { ControlRoom } = await fromDist('control-room/control-room')
/** @type {typeof import('../src/domain.js')} */
export const { toBotLogin, toChannelName, toMessageId, toTaskId, toUserId } = await fromDist('domain')
/** @type {typeof import('../src/environment.js')} */
export const { parseEnvironment } = await fromDist('environment')
/** @type {typeof import('../src/events.js')} */
export const { ChorusEmitter } = await fromDist('events')
/** @type {typeof import('../src/journal/journal.js')} */
export const { Journal } = await fromDist('journal/journal')
/** @type {typeof import('../src/router/message-router.js')} */
export const { MessageRouter } = await fromDist('router/message-router')
/** @type {typeof import('../src/queue/p-queue-engine.js')} */
export const { PQueueEngine } = await fromDist('queue/p-queue-engine')
/** @type {typeof import('../src/random.js')} */
export const { pick, seededRandom } = await fromDist('random')
/** @type {typeof import('../src/reply/conversation.js')} */
export const { Conversation } = await fromDist('reply/conversation')
/** @type {typeof import('../src/reply/prompt.js')} */
export const { PROMPT_LINES_MAX } = await fromDist('reply/prompt')
/** @type {typeof import('../src/routing/orchestrator.js')} */
export const { Orchestrator } = await fromDist('routing/orchestrator')
/** @type {typeof import('../src/secret.js')} */
export const { Secret } = await fromDist('secret')
/** @type {typeof import('../src/simulator/scenario-player.js')} */
export const { playScenario } = await fromDist('simulator/scenario-player')
/** @type {typeof import('../src/simulator/scenarios.js')} */
export const { raid } = await fromDist('simulator/scenarios')
/** @type {typeof import('../src/simulator/twitch-simulator.js')} */
export const { TwitchSimulator } = await fromDist('simulator/twitch-simulator')
/** @type {typeof import('../src/token-source.js')} */
export const { staticTokens } = await fromDist('token-source')

import { systemClock } from '../clock.js'
import { defaults } from '../config-schema.js'
import type { ChorusEmitter } from '../events.js'
import { toEngineSettings } from '../queue/engine-settings.js'
import { PQueueEngine } from '../queue/p-queue-engine.js'
import type { ReplyQueue } from '../reply-queue.js'
import type { Controls } from './controls.js'
import type { MessageRouterOptions } from './message-router-options.js'

/** The queue of a router that was given none: p-queue in this process, where a muted bot's lane stands still. */
export function inProcessQueue<Line>(
  options: MessageRouterOptions<Line>,
  events: ChorusEmitter,
  controls: Controls,
): ReplyQueue {
  return new PQueueEngine({
    bots: options.bots.map((bot) => bot.login),
    ...toEngineSettings(defaults({ queue: options.limits })),
    clock: options.clock ?? systemClock(),
    random: options.random ?? Math.random,
    events,
    blocked: (bot) => controls.mutedReason(bot),
    silenced: (bot) => controls.mutedReason(bot),
    journal: options.journal,
  })
}

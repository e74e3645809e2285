import type { Config } from '../config-schema.js'

type BotConfig = Config['bots'][number]

/** Bots that join the demo when more are asked for than the configuration has. */
const UNDERSTUDIES: readonly BotConfig[] = [
  understudy(
    'captain_quill',
    'A retired ship’s captain who treats the stream as a voyage. Weather, tides and parrots.',
  ),
  understudy(
    'mimi_synth',
    'A cheerful synthesizer that gained a mind. Talks in rhythms and loves odd time signatures.',
  ),
  understudy('prof_puddle', 'A professor of rain. Gentle, absent-minded, sees a lesson in every drop.'),
  understudy('grandma_glitch', 'A grandmother who speedruns old games. Kind, blunt, knows every shortcut.'),
  understudy('sir_toastalot', 'A knight sworn to breakfast. Formal, brave, easily moved by butter.'),
  understudy(
    'uncle_static',
    'A radio host of a station that nobody can find. Smooth voice, odd weather reports.',
  ),
  understudy('nova_biscuit', 'A space cat between missions. Curious, proud, naps at the wrong moment.'),
]

/** Most bots of a demo: one of the configuration and the understudies. */
export const DEMO_BOTS_MAX = 1 + UNDERSTUDIES.length

/** The configuration with as many bots as asked for: the first of its own, then understudies. */
export function withCast(config: Config, count = config.bots.length): Config {
  const names = config.bots.flatMap(({ login, aliases }) => [login, ...aliases])
  const taken = new Set(names.map((name) => name.toLowerCase()))
  const others = UNDERSTUDIES.filter(({ login }) => !taken.has(login))
  return { ...config, bots: [...config.bots, ...others].slice(0, count) }
}

function understudy(login: string, persona: string): BotConfig {
  return { login, persona, aliases: [], talkativeness: 1, templates: [] }
}

import type { Chorus } from '../../chorus.js'
import { bodyOf, NAME, post } from '../web/post.js'
import type { Problem } from '../web/problem.js'
import { type Answer, type AnsweredRoute, json } from '../web/route.js'
import { DEMO_SCENES, type DemoDesk, type DemoScene } from './demo-desk.js'
import { type TypedLine, toViewerLine } from './viewer-line.js'

export interface DemoRoutesOptions {
  readonly desk: DemoDesk
  /** Nobody else may speak under their names. */
  readonly bots: Chorus['bots']
  /** Whether Chorus runs: a stop that was asked for should find all well. */
  readonly isRunning: () => boolean
}

/** Lines of chat per second that can still be followed, by bots and by people. */
const PACE_MAX = 20

const SAY = bodyOf({ viewer: NAME, text: { type: 'string' } })
const SCENE = bodyOf({ scene: { enum: DEMO_SCENES } })
const AWAY = bodyOf({ away: { type: 'boolean' } })
const PACE = bodyOf({ linesPerSecond: { type: 'number', minimum: 0, maximum: PACE_MAX } })

/** Drives the demo: all that its viewers, its Twitch and its model can do to a Chorus. Each answers how the demo stands then. */
export function demoRoutes({ desk, bots, isRunning }: DemoRoutesOptions): AnsweredRoute[] {
  const done = (): Answer => json({ demo: desk.state() })
  const drive = <Body>(path: string, body: object, act: (body: Body) => Answer | Promise<Answer>) =>
    post<Body>(path, body, (asked) => (isRunning() ? act(asked) : refused(STOPPING)))
  return [
    drive<TypedLine>('/api/demo/say', SAY, (typed) => {
      const line = toViewerLine(typed, bots)
      if (line.kind === 'problem') return line
      desk.say(line.viewer, line.text)
      return done()
    }),
    drive<{ scene: DemoScene }>('/api/demo/scene', SCENE, ({ scene }) =>
      desk.play(scene) ? done() : refused(TOO_MANY_SCENES),
    ),
    drive<{ away: boolean }>('/api/demo/model', AWAY, async (turn) => {
      if (!desk.state().canModelBeAway) return refused(OWN_MODEL)
      await desk.turnModel(turn)
      return done()
    }),
    drive('/api/demo/cut', bodyOf({}), () => {
      desk.cut()
      return done()
    }),
    drive<{ linesPerSecond: number }>('/api/demo/pace', PACE, ({ linesPerSecond }) => {
      desk.setPace(linesPerSecond)
      return done()
    }),
  ]
}

function refused(problem: Problem): Answer {
  return { kind: 'problem', problem }
}

const STOPPING: Problem = {
  status: 409,
  error: 'stopping',
  message: 'Chorus stops, or has stopped: nothing more is played.',
  advice: 'Start the demo again.',
}
const TOO_MANY_SCENES: Problem = {
  status: 429,
  error: 'too-many-scenes',
  message: 'As many scenes play already as may at once.',
  advice: 'Wait until one of them is over: it takes a few seconds.',
}
const OWN_MODEL: Problem = {
  status: 409,
  error: 'own-model',
  message: 'Lines are made by your own model here, and only the built-in one can be sent away.',
  advice: 'Start the demo without --real-model, or stop the server of your model.',
}

import type { ChorusStatus } from '../../chorus.js'
import { MuteAll, MuteButtons } from './mute-buttons.js'
import { OBSTACLES, toObstacle } from './obstacle.js'
import { SlotCells } from './slot-cells.js'
import { type BotStatus, SIGNS, toStanding } from './standing.js'
import { useSection } from './use-snapshot.js'
import { counted, toForeseen } from './words.js'

type Lane = ChorusStatus['lanes'][string]

/** A card per bot, and the slots that all of them share. */
export function BotCards() {
  const status = useSection('status')
  const about = useSection('about')
  if (!status || !about) return null
  const { channels, slots } = about
  return (
    <section aria-labelledby="bots-title">
      <div class="title-row">
        <h2 id="bots-title">Bots in {channels.map((channel) => `#${channel}`).join(', ')}</h2>
        <MuteAll
          bots={status.chat.bots.map(({ bot }) => bot)}
          muted={status.controls.muted.map(({ bot }) => bot)}
        />
        <p class="all-slots">
          Written at once, by all bots{' '}
          <SlotCells taken={status.queue.global.pending} of={slots.global} label="Slots of all bots" />
        </p>
      </div>
      <ul class="cards">
        {status.chat.bots.map((bot) => (
          <BotCard key={bot.bot} bot={bot} status={status} slots={slots.perBot} />
        ))}
      </ul>
    </section>
  )
}

interface BotCardProps {
  readonly bot: BotStatus
  readonly status: ChorusStatus
  readonly slots: number
}

function BotCard({ bot, status, slots }: BotCardProps) {
  const lane = status.lanes[bot.bot]
  const mute = status.controls.muted.find((muted) => muted.bot === bot.bot)
  const standing = toStanding(bot, status)
  return (
    <li class={`card ${standing.kind}`} aria-label={bot.bot}>
      <h3>{bot.bot}</h3>
      <p class="standing">
        <span aria-hidden="true">{SIGNS[standing.kind]} </span>
        {standing.words}
        {toRoles(bot)}
      </p>
      {lane && (
        <>
          <p class="figures">
            <Figure
              value={lane.viewers.waiting}
              label={lane.viewers.waiting === 1 ? 'viewer queued' : 'viewers queued'}
            />
            <Figure
              value={lane.working}
              label={lane.working === 1 ? 'line in work' : 'lines in work'}
              viewers={lane.viewers.working}
            />
            <Figure
              value={lane.ready}
              label={lane.ready === 1 ? 'line ready' : 'lines ready'}
              viewers={lane.viewers.ready}
            />
            {lane.held > 0 && <Figure value={lane.held} label="on hold" />}
          </p>
          <p>
            <SlotCells taken={lane.working} of={slots} label={`Slots of ${bot.bot}`} />
            <span class="quiet"> {toWait(lane, bot, status)}</span>
          </p>
        </>
      )}
      <Allowance bot={bot} />
      <MuteButtons bot={bot.bot} mute={mute} />
    </li>
  )
}

interface FigureProps {
  readonly value: number
  readonly label: string
  /** For how many viewers they are, where that can be another number. */
  readonly viewers?: number
}

function Figure({ value, label, viewers = 0 }: FigureProps) {
  return (
    <span class={value > 0 ? 'figure' : 'figure none'}>
      <b>{value}</b> {label}
      {viewers > value && (
        <span class="viewers">
          {' '}
          <span class="spoken">for </span>
          {counted(viewers, 'viewer')}
        </span>
      )}
    </span>
  )
}

/** What Twitch still lets the account write. */
function Allowance({ bot: { bot, linesLeft, linesMax } }: { readonly bot: BotStatus }) {
  return (
    <p class="allowance">
      <meter
        min={0}
        max={linesMax}
        low={linesMax / 5}
        optimum={linesMax}
        value={linesLeft}
        aria-label={`Lines that Twitch allows ${bot} now`}
      />
      <span class="quiet">
        Twitch allows {counted(linesLeft, 'more line')} ({linesMax} in 30 s)
      </span>
    </p>
  )
}

/** How long a question that comes now would wait; a forecast would be wrong where nothing goes on. */
function toWait({ expectedMs, viewers, viewersPerLine }: Lane, bot: BotStatus, status: ChorusStatus): string {
  if (Object.values(viewers).every((count) => count === 0)) return 'nobody waits'
  if (toStanding(bot, status).kind === 'gone') return 'left without an answer'
  const obstacle = toObstacle(bot, status)
  if (obstacle !== undefined) return `they wait ${OBSTACLES[obstacle]}`
  const shared = viewersPerLine > 1 ? `, ${viewersPerLine} viewers share a line` : ''
  return `a question takes about ${toForeseen(expectedMs)}${shared}`
}

/** What it is in its channels beside a member: the channel is named where there are several. */
function toRoles({ rooms }: BotStatus): string {
  const roles = rooms.flatMap(({ channel, role }) =>
    role === undefined ? [] : [rooms.length > 1 ? `${role} in #${channel}` : role],
  )
  return roles.length > 0 ? ` · ${roles.join(', ')}` : ''
}

import { BotCards } from './bot-cards.js'
import { Controls } from './controls.js'
import { DeadLetters } from './dead-letters.js'
import { DemoPane } from './demo-pane.js'
import { Headline } from './headline.js'
import { HistoryPanel } from './history-panel.js'
import { ModelPanel } from './model-panel.js'
import { OverlayPanel } from './overlay-panel.js'
import { RecentLines } from './recent-lines.js'
import { TallyPanel } from './tally-panel.js'
import { TryOut } from './try-out.js'
import { useSection } from './use-snapshot.js'
import { WaitingList } from './waiting-list.js'

/** The whole page, from what matters in a second down to what is looked up. */
export function App() {
  const about = useSection('about')
  return (
    <>
      <a class="skip" href="#room">
        Skip to the bots
      </a>
      {about?.isDemo && (
        <a class="skip" href="#chat">
          Skip to chat
        </a>
      )}
      <Headline />
      {about && (
        <div class={about.isDemo ? 'layout with-chat' : 'layout'}>
          <main id="room" class="room" tabIndex={-1}>
            <Controls />
            <BotCards />
            <HistoryPanel />
            <div class="columns">
              <WaitingList />
              <RecentLines />
            </div>
            <DeadLetters />
            <div class="columns">
              <ModelPanel />
              <TryOut />
            </div>
            <div class="columns">
              <TallyPanel />
              <OverlayPanel />
            </div>
          </main>
          {about.isDemo && <DemoPane />}
        </div>
      )}
    </>
  )
}

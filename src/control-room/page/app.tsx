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

/**
 * The whole page, from what matters in a second down to what is looked up. In the demo the chat comes after the big buttons: it is
 * what a newcomer tries first. The keyboard and a screen reader go the same way at every width.
 */
export function App() {
  const about = useSection('about')
  return (
    <>
      <a class="skip" href="#bots">
        Skip to the bots
      </a>
      {about?.isDemo && (
        <a class="skip" href="#chat">
          Skip to chat
        </a>
      )}
      <Headline />
      {about && (
        <main class={about.isDemo ? 'layout with-chat' : 'layout'}>
          <Controls />
          {about.isDemo && <DemoPane />}
          <div id="bots" class="room" tabIndex={-1}>
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
          </div>
        </main>
      )}
    </>
  )
}

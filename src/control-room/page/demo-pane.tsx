import { ChatForm } from './chat-form.js'
import { ChatLines } from './chat-lines.js'
import { DemoButtons } from './demo-buttons.js'
import { useSection } from './use-snapshot.js'

/** The demo’s chat: to read along, to type in as any viewer, and to stir. */
export function DemoPane() {
  const demo = useSection('demo')
  const chat = useSection('chat') ?? []
  if (!demo) return null
  return (
    <section id="chat" class="panel chat-pane" aria-labelledby="chat-title" tabIndex={-1}>
      <div class="title-row">
        <h2 id="chat-title">Chat of #{demo.channel}</h2>
        <p class="quiet">a built-in Twitch: nothing leaves this machine</p>
      </div>
      <DemoButtons demo={demo} />
      <ChatLines lines={chat} />
      <ChatForm />
    </section>
  )
}

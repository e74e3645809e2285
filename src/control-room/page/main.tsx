import { render } from 'preact'
import { App } from './app.js'
import { Notices } from './notices.js'
import { SnapshotStore } from './snapshot-store.js'
import { Store } from './use-snapshot.js'

const store = new SnapshotStore('/api/events')
store.start()
const root = document.getElementById('page')
if (!root) throw new TypeError('index.html has no place for the page')
render(
  <Store.Provider value={store}>
    <Notices>
      <App />
    </Notices>
  </Store.Provider>,
  root,
)

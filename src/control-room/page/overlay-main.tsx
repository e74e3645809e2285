import { render } from 'preact'
import { Overlay } from './overlay.js'
import { SnapshotStore } from './snapshot-store.js'
import { Store } from './use-snapshot.js'

const store = new SnapshotStore('/overlay/events')
store.start()
const root = document.getElementById('overlay')
if (!root) throw new TypeError('overlay.html has no place for the overlay')
render(
  <Store.Provider value={store}>
    <Overlay />
  </Store.Provider>,
  root,
)

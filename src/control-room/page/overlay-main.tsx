import { render } from 'preact'
import { Overlay } from './overlay.js'

const root = document.getElementById('overlay')
if (!root) throw new TypeError('overlay.html has no place for the overlay')
render(<Overlay address="/overlay/events" />, root)

import { useNotices } from './notices.js'
import { useSection } from './use-snapshot.js'

/** Where OBS finds the overlay. The address holds a token that opens the overlay, and nothing else. */
export function OverlayPanel() {
  const overlay = useSection('about')?.overlay
  const { tell } = useNotices()
  if (!overlay) return null
  const address = new URL(overlay, location.href).href
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address)
      tell('The address of the overlay is copied.')
    } catch {
      tell('The browser does not let this page copy: mark the address and copy it yourself.')
    }
  }
  return (
    <section class="panel" aria-labelledby="overlay-title">
      <h2 id="overlay-title">Overlay for OBS</h2>
      <p class="quiet">
        A transparent page that shows who is being answered. In OBS add a browser source with this address; it
        opens the overlay alone, and nothing can be turned there. The address is another one with every start,
        unless CHORUS_CONTROL_TOKEN is set.
      </p>
      <p class="row">
        <button type="button" onClick={() => void copy()}>
          Copy the address
        </button>
        <a href={overlay} target="_blank" rel="noreferrer">
          Open it here
        </a>
      </p>
    </section>
  )
}

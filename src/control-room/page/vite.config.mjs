import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** @param {string} name */
const here = (name) => fileURLToPath(new URL(name, import.meta.url))

/** What OBS 28 and later shows pages with, and browsers of the same year. */
const BROWSERS = ['chrome103', 'firefox103', 'safari16']

export default defineConfig({
  root: here('.'),
  // What is served is what the control room's routes name; there is no folder of other files.
  publicDir: false,
  build: {
    target: BROWSERS,
    emptyOutDir: false,
    // Everything comes as a file of its own: the policy on content allows no data addresses in scripts and styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.md' },
    rolldownOptions: { input: [here('index.html'), here('overlay.html')] },
  },
})

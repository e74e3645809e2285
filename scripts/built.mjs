import { pathToFileURL } from 'node:url'
import { inProject } from './project.mjs'

/**
 * A module of the built product. Its types come from the source, so that they can be checked before a build.
 *
 * @param {string} name such as `config-schema`
 */
const fromDist = (name) => import(pathToFileURL(inProject('dist', `${name}.js`)).href)

/** @type {() => Promise<typeof import('../src/config-schema.js')>} */
export const configSchemaModule = () => fromDist('config-schema')

/** @type {() => Promise<typeof import('../src/config-keys.js')>} */
export const configKeysModule = () => fromDist('config-keys')

/** @type {() => Promise<typeof import('../src/environment.js')>} */
export const environmentModule = () => fromDist('environment')

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { PageFiles } from '../../../src/control-room/web/page-files.js'
import { ask, BEARER, rooms } from '../room-fixture.js'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function folderWith(files: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'chorus-page-'))
  folders.push(folder)
  for (const name of files) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), `content of ${name}`)
  }
  return folder
}

describe('the files of the page', () => {
  test('have a route each, but pages, and what is not for browsers', () => {
    const files = new PageFiles(
      folderWith(['index.html', 'assets/a.js', 'assets/a.css', 'licenses.md', 'a.map']),
    )
    expect(files.routes.map((route) => route.path).sort()).toEqual(['/assets/a.css', '/assets/a.js'])
    expect(files.page('index.html')).toMatchObject({ kind: 'file', type: 'text/html; charset=utf-8' })
  })

  test('have a mark that is another one for another page, and the same for the same', () => {
    const mark = () => new PageFiles(folder).markOf('overlay.html')
    const folder = folderWith(['index.html', 'overlay.html'])
    const before = mark()
    expect(before).toMatch(/^[\da-f]{16}$/)
    writeFileSync(path.join(folder, 'index.html'), 'another page')
    expect(mark()).toBe(before)
    writeFileSync(path.join(folder, 'overlay.html'), 'another overlay')
    expect(mark()).not.toBe(before)
    rmSync(path.join(folder, 'overlay.html'))
    expect(mark()).toBe(undefined)
  })

  test('are missed with advice where nothing was built', () => {
    const files = new PageFiles(path.join(folderWith([]), 'nowhere'))
    expect(files.routes).toEqual([])
    expect(files.page('index.html')).toMatchObject({
      status: 503,
      text: expect.stringContaining('npm run build'),
    })
  })
})

describe('the page of a control room', () => {
  const open = rooms()

  test('comes with its token only, its scripts and styles to anybody', async () => {
    const { url } = await open()
    const page = await ask(url, { headers: BEARER })
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await ask(url)).toMatchObject({ status: 401 })
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name = '']) => name)
    expect(loaded.length).toBeGreaterThan(2)
    for (const name of loaded) expect(await ask(new URL(name, url).href)).toMatchObject({ status: 200 })
  })

  test.each(['index.html', 'overlay.html'])(
    '%s loads nothing from elsewhere, and has no script or style in itself',
    (name) => {
      const page = new PageFiles().page(name)
      const html = 'content' in page ? page.content.toString() : ''
      expect(html).toContain('<script type="module"')
      expect(html).not.toMatch(/https?:|<style|\sstyle=|<script>|\son\w+=/)
    },
  )

  test('is under a policy that lets it load this server’s files alone', async () => {
    const { headers } = await ask((await open()).url, { headers: BEARER })
    expect(headers['content-security-policy']).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'",
    )
  })

  test.each([
    '../package.json',
    '..%2fpackage.json',
    'assets/..%2f..%2fcli.js',
    'assets/',
    'licenses.md',
    '%00',
  ])('gives away no other file: %s', async (name) => {
    const { url } = await open()
    expect((await ask(`${url}${name}`, { headers: BEARER })).status).toBeGreaterThanOrEqual(400)
  })
})

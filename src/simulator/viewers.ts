import { pick, type Random } from '../random.js'

const FIRST = [
  'Pixel',
  'Mossy',
  'Turbo',
  'Quiet',
  'Sir',
  'Lunar',
  'Captain',
  'Salty',
  'Cozy',
  'Neon',
  'Drowsy',
  'Lucky',
  'Grumpy',
  'Velvet',
  'Rusty',
  'Sunny',
  'Mighty',
  'Doctor',
  'Frosty',
  'Hidden',
  'Crispy',
  'Wobbly',
  'Brave',
  'Silent',
] as const
const SECOND = [
  'Otter',
  'Waffle',
  'Badger',
  'Noodle',
  'Falcon',
  'Pickle',
  'Wizard',
  'Toaster',
  'Comet',
  'Panda',
  'Pancake',
  'Goblin',
  'Teapot',
  'Raccoon',
  'Muffin',
  'Lantern',
  'Biscuit',
  'Penguin',
  'Gecko',
  'Turnip',
  'Kettle',
  'Yeti',
  'Walrus',
  'Sprout',
] as const

/** The name of the `index`-th viewer: as many different ones as anybody asks for, the same ones every time. */
export function viewerName(index: number): string {
  const first = FIRST[index % FIRST.length] ?? FIRST[0]
  const round = Math.floor(index / FIRST.length)
  const second = SECOND[(index * 5 + round) % SECOND.length] ?? SECOND[0]
  const turn = Math.floor(round / SECOND.length)
  return `${first}${second}${turn === 0 ? '' : turn + 1}`
}

/** One of the first `count` viewers: the regulars of a channel. */
export function anyViewer(random: Random, count: number): string {
  return viewerName(Math.floor(random() * count))
}

/** Other people's bots that sit in most channels, and what they say. */
const OTHER_BOTS = ['Nightbot', 'StreamElements', 'Fossabot'] as const

/** A line as another bot of the channel says it. */
export function otherBotLine(random: Random): { readonly viewer: string; readonly text: string } {
  return {
    viewer: pick(random, OTHER_BOTS),
    text: pick(random, [
      'Remember to drink some water! 💧',
      'The Discord link is under the stream. Be kind to each other.',
      'Enjoying the stream? A follow is free and helps a lot.',
      'The stream has been live for 2 hours and 14 minutes.',
      'Song request: “Night Drive” by Paper Lanterns was added to the queue.',
    ]),
  }
}

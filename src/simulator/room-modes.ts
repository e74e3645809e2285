/** What a room asks of those who talk in it. */
export interface RoomModes {
  /** Seconds between two messages of a normal account; 0 = off. */
  readonly slowSeconds: number
  /** Minutes one must have followed; 0 = any follower; -1 = off. */
  readonly followersOnlyMinutes: number
  readonly subscribersOnly: boolean
  readonly emoteOnly: boolean
  /** Unique chat ("r9k"): nothing may be said twice. */
  readonly unique: boolean
}

/** A room that anybody may talk in. */
export const OPEN_ROOM: RoomModes = {
  slowSeconds: 0,
  followersOnlyMinutes: -1,
  subscribersOnly: false,
  emoteOnly: false,
  unique: false,
}

const TAGS: { readonly [Mode in keyof RoomModes]: string } = {
  emoteOnly: 'emote-only',
  followersOnlyMinutes: 'followers-only',
  unique: 'r9k',
  slowSeconds: 'slow',
  subscribersOnly: 'subs-only',
}

/** The tags of a ROOMSTATE for `modes`: all of them at join, only what changed later. */
export function roomStateTags(modes: Partial<RoomModes>, roomId: string): string {
  const keys = Object.keys(TAGS) as (keyof RoomModes)[]
  const tags = keys
    .filter((key) => modes[key] !== undefined)
    .map((key) => `${TAGS[key]}=${Number(modes[key])}`)
  return [...tags, `room-id=${roomId}`].join(';')
}

/** What `change` really changes in `modes`. */
export function changedModes(modes: RoomModes, change: Partial<RoomModes>): Partial<RoomModes> {
  return Object.fromEntries(
    Object.entries(change).filter(([key, value]) => modes[key as keyof RoomModes] !== value),
  )
}

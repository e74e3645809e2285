/** What a NOTICE's text may name. */
export interface NoticeParts {
  readonly channel: string
  readonly seconds?: number
  readonly minutes?: number
  readonly followedMinutes?: number
  readonly command?: string
}

const TEXTS = {
  msg_ratelimit: () => 'Your message was not sent because you are sending messages too quickly.',
  msg_slowmode: ({ seconds }) =>
    `This room is in slow mode and you are sending messages too quickly. You will be able to talk again in ${seconds} seconds.`,
  msg_timedout: ({ seconds }) => `You are timed out for ${seconds} more seconds.`,
  msg_banned: ({ channel }) => `You are permanently banned from talking in ${channel}.`,
  msg_duplicate: () =>
    'Your message was not sent because it is identical to the previous one you sent, less than 30 seconds ago.',
  msg_r9k: () => 'This room is in unique-chat mode and the message you attempted to send is not unique.',
  msg_emoteonly: () =>
    'This room is in emote-only mode. You can find your currently available emoticons using the smiley in the chat text area.',
  msg_subsonly: ({ channel }) =>
    `This room is in subscribers only mode. To talk, purchase a channel subscription at https://www.twitch.tv/products/${channel}/ticket?ref=subscriber_only_mode_chat`,
  msg_followersonly: ({ channel, minutes }) =>
    `This room is in ${minutes} minutes followers-only mode. Follow ${channel} to join the community!`,
  msg_followersonly_followed: ({ channel, minutes, followedMinutes }) =>
    `This room is in ${minutes} minutes followers-only mode. You have been following ${channel} for ${followedMinutes} minutes. Continue following to chat!`,
  msg_followersonly_zero: ({ channel }) =>
    `This room is in followers-only mode. Follow ${channel} to join the community!`,
  msg_rejected: () => 'Hey! Your message is being checked by mods and has not been sent.',
  msg_rejected_mandatory: () =>
    'Your message wasn’t posted due to conflicts with the channel’s moderation settings.',
  msg_channel_suspended: () => 'This channel does not exist or has been suspended.',
  unrecognized_cmd: ({ command }) => `Unrecognized command: ${command}`,
} as const satisfies Record<string, (parts: NoticeParts) => string>

/** The NOTICE ids that the rules of this Twitch answer with. */
export type NoticeId = keyof typeof TEXTS

/** The text beside a NOTICE id, as Twitch words it. */
export function noticeText(id: NoticeId, parts: NoticeParts): string {
  return TEXTS[id](parts)
}

/** Whether the rules know this id; a script may answer with any other. */
export function isNoticeId(id: string): id is NoticeId {
  return Object.hasOwn(TEXTS, id)
}

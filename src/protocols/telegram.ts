/**
 * Facts of Telegram's Bot API.
 * @see https://core.telegram.org/bots/api, and @grammyjs/types 5.0.0, which follows it
 */

/** Characters of a text after its formatting is read. */
export const MOST_TEXT = 4096;
export const MOST_CAPTION = 1024;
/** Bytes of a button's data, UTF-8; at least 1. */
export const MOST_CALLBACK_DATA_BYTES = 64;
export const MOST_CALLBACK_ANSWER = 200;
export const MOST_PHOTO_BYTES = 10 * 2 ** 20;
export const MOST_DOCUMENT_BYTES = 50 * 2 ** 20;
/** Pixels: width and height together, and the longer side as a multiple of the shorter one. */
export const MOST_PHOTO_SIDES = 10_000;
export const MOST_PHOTO_RATIO = 20;
export const MOST_UPDATES = 100;
export const MOST_BUTTONS = 100;

/** How often a bot may write. Telegram publishes no exact numbers; these are those of its FAQ. */
export const MESSAGES_PER_SECOND = 30;
export const MESSAGES_PER_SECOND_IN_CHAT = 1;
export const MESSAGES_PER_MINUTE_IN_GROUP = 20;

/** What a press must be answered within, seconds; unpublished, and reports differ. */
export const CALLBACK_ANSWER_SECONDS = 60;

/** What getUpdates gives when the bot names no kinds; other kinds must be asked for. */
export const UPDATE_KINDS = ['message', 'edited_message', 'callback_query', 'my_chat_member'] as const;
export type UpdateKind = (typeof UPDATE_KINDS)[number];

/** Elements of HTML texts, by the kind of entity they make. */
export const HTML_ENTITIES: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  code: 'code',
  pre: 'pre',
  a: 'text_link',
  blockquote: 'blockquote',
  'tg-spoiler': 'spoiler',
};

/** What MarkdownV2 wants a backslash before, outside entities. */
export const MARKDOWN_RESERVED = '_*[]()~`>#+-=|{}.!';

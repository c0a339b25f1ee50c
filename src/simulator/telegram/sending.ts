import { z } from 'zod';
import {
  MOST_CAPTION,
  MOST_DOCUMENT_BYTES,
  MOST_PHOTO_BYTES,
  MOST_PHOTO_RATIO,
  MOST_PHOTO_SIDES,
  MOST_TEXT,
} from '#protocols/telegram.ts';
import type { Chats, MessageContent, StoredFile } from './chats.ts';
import { badRequest } from './failure.ts';
import { formatted } from './formatting.ts';
import { imageSize } from './image-size.ts';
import { keyboardOf, ReplyMarkup } from './keyboard.ts';
import { type Parameters, type SentFile, structured } from './parameters.ts';

const Entities = structured(z.array(z.looseObject({ type: z.string(), offset: z.int(), length: z.int() })));

/** Parameters of whatever carries a text or a caption. */
export const TEXT = { text: z.string().optional(), parse_mode: z.string().optional(), entities: Entities.optional() };
export const CAPTION = { caption: z.string().optional(), parse_mode: z.string().optional() };
export const MARKUP = { reply_markup: structured(ReplyMarkup).optional() };

interface TextParameters {
  readonly text?: string | undefined;
  readonly parse_mode?: string | undefined;
  readonly entities?:
    | readonly { readonly type: string; readonly offset: number; readonly length: number }[]
    | undefined;
}

/** The text of a message. @throws TelegramFailure 400 when it is empty, too long or cannot be read. */
export function textContent({ text = '', parse_mode, entities: given }: TextParameters): MessageContent {
  const { text: shown, entities } = given ? { text, entities: given } : formatted(text, parse_mode);
  if (shown.trim() === '') throw badRequest('message text is empty');
  if (shown.length > MOST_TEXT) throw badRequest('message is too long');
  return { text: shown, ...(entities.length > 0 && { entities }) };
}

/** @throws TelegramFailure 400 when it is too long or cannot be read. */
export function captionContent(caption: string | undefined, parseMode: string | undefined): MessageContent {
  if (caption === undefined || caption === '') return {};
  const { text, entities } = formatted(caption, parseMode);
  if (text.length > MOST_CAPTION) throw badRequest('message caption is too long');
  return { caption: text, ...(entities.length > 0 && { caption_entities: entities }) };
}

/** The buttons of a message. @throws TelegramFailure 400 */
export function markupContent(markup: z.infer<typeof ReplyMarkup> | undefined): MessageContent {
  const keyboard = keyboardOf(markup);
  return keyboard ? { reply_markup: keyboard } : {};
}

/** A photo that was sent as a file, or is known by its id. @throws TelegramFailure 400 */
export function photoContent(chats: Chats, parameters: Parameters): MessageContent {
  const sent = sentFile(parameters, 'photo');
  if (typeof sent === 'string') return { photo: [knownFile(chats, sent)] };
  if (sent.bytes.length > MOST_PHOTO_BYTES) throw badRequest('file is too big');
  const size = imageSize(sent.bytes);
  if (size === undefined) throw badRequest('IMAGE_PROCESS_FAILED');
  const { width, height } = size;
  const ratio = Math.max(width, height) / Math.min(width, height);
  if (width + height > MOST_PHOTO_SIDES || !(ratio <= MOST_PHOTO_RATIO)) throw badRequest('PHOTO_INVALID_DIMENSIONS');
  return { photo: [chats.store({ ...sent, name: '' }, size)] };
}

/** A file that was sent, or is known by its id. @throws TelegramFailure 400 */
export function documentContent(chats: Chats, parameters: Parameters): MessageContent {
  const sent = sentFile(parameters, 'document');
  if (typeof sent === 'string') return { document: knownFile(chats, sent) };
  if (sent.bytes.length > MOST_DOCUMENT_BYTES) throw badRequest('file is too big');
  if (sent.bytes.length === 0) throw badRequest('file must be non-empty');
  return { document: chats.store(sent, {}) };
}

/** The file itself, in a part of this name or of one that is attached; or the id it was given as. */
function sentFile({ values, files }: Parameters, name: string): SentFile | string {
  const own = files.get(name);
  if (own !== undefined) return own;
  const given = values[name];
  if (typeof given !== 'string' || given === '') throw badRequest(`there is no ${name} in the request`);
  if (!given.startsWith('attach://')) return given;
  const attached = files.get(given.slice('attach://'.length));
  if (attached === undefined) throw badRequest('wrong file identifier/HTTP URL specified');
  return attached;
}

function knownFile(chats: Chats, id: string): StoredFile {
  // The twin fetches nothing: an address is no file to it.
  const file = chats.file(id);
  if (file === undefined) throw badRequest('wrong file identifier/HTTP URL specified');
  return file;
}

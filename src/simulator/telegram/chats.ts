import { createHash } from 'node:crypto';
import type { EpochMs } from '#core/time.ts';
import { badRequest, TelegramFailure } from './failure.ts';
import type { Entity } from './formatting.ts';
import type { InlineKeyboard } from './keyboard.ts';
import type { SentFile } from './parameters.ts';

export interface Person {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly username?: string;
}

export interface Chat {
  readonly id: number;
  readonly type: 'private' | 'group';
  readonly first_name?: string;
  readonly title?: string;
}

/** A message as the Bot API tells it. */
export interface Message {
  readonly message_id: number;
  readonly from: Person;
  readonly chat: Chat;
  /** Seconds. */
  readonly date: number;
  readonly edit_date?: number;
  readonly text?: string;
  readonly entities?: readonly Entity[];
  readonly caption?: string;
  readonly caption_entities?: readonly Entity[];
  readonly photo?: readonly StoredFile[];
  readonly document?: StoredFile;
  readonly reply_markup?: InlineKeyboard;
}

export interface StoredFile {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_size: number;
  readonly file_name?: string;
  readonly width?: number;
  readonly height?: number;
}

/** What a message says, apart from who wrote it where and when. */
export type MessageContent = Omit<Message, 'message_id' | 'from' | 'chat' | 'date' | 'edit_date'>;

/** The chats of one bot. Ids above 0 are people, those below are groups. */
export class Chats {
  private readonly chats = new Map<number, Map<number, Message>>();
  private readonly stored = new Map<string, StoredFile>();
  private readonly blocked = new Set<number>();
  private lastMessage = 0;

  /** Adds a message. @param at Wall time, ms. */
  add(chatId: number, from: Person, at: EpochMs, content: MessageContent): Message {
    this.lastMessage += 1;
    const message = { message_id: this.lastMessage, from, chat: chatOf(chatId), date: secondsOf(at), ...content };
    const messages = this.chats.get(chatId) ?? new Map<number, Message>();
    this.chats.set(chatId, messages.set(message.message_id, message));
    return message;
  }

  /** @throws TelegramFailure 403 when whoever is there does not want to hear of the bot. */
  mustReach(chatId: number): void {
    if (this.blocked.has(chatId)) throw new TelegramFailure(403, 'Forbidden: bot was blocked by the user');
  }

  block(chatId: number, isBlocked: boolean): void {
    if (isBlocked) this.blocked.add(chatId);
    else this.blocked.delete(chatId);
  }

  /** @param purpose What for, as Telegram words it when it is not there. @throws TelegramFailure 400 */
  find(chatId: number, messageId: number, purpose: string): Message {
    const message = this.chats.get(chatId)?.get(messageId);
    if (message === undefined) throw badRequest(`message to ${purpose} not found`);
    return message;
  }

  /** Puts other content in place of a message's. @throws TelegramFailure 400 when it is the same. */
  edit(message: Message, content: MessageContent, at: EpochMs): Message {
    const { message_id, from, chat, date, edit_date, ...old } = message;
    if (sameJson(old, content)) {
      throw badRequest(
        'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
      );
    }
    const edited = { message_id, from, chat, date, edit_date: secondsOf(at), ...content };
    this.chats.get(chat.id)!.set(message_id, edited);
    return edited;
  }

  remove({ chat, message_id }: Message): void {
    this.chats.get(chat.id)?.delete(message_id);
  }

  /** Keeps a file: the same bytes are the same file. */
  store({ name, bytes }: SentFile, more: Partial<StoredFile>): StoredFile {
    const id = createHash('sha256').update(bytes).digest('hex');
    const file = { file_id: `file-${id}`, file_unique_id: id.slice(0, 16), file_size: bytes.length, ...more };
    const kept = name === '' ? file : { ...file, file_name: name };
    this.stored.set(file.file_id, kept);
    return kept;
  }

  file(id: string): StoredFile | undefined {
    return this.stored.get(id);
  }

  /** Oldest first. */
  messages(chatId: number): readonly Message[] {
    return [...(this.chats.get(chatId)?.values() ?? [])];
  }

  get ids(): readonly number[] {
    return [...this.chats.keys()];
  }
}

function chatOf(id: number): Chat {
  return id < 0 ? { id, type: 'group', title: `Group ${-id}` } : { id, type: 'private', first_name: nameOf(id) };
}

/** What people are called. */
export function nameOf(userId: number): string {
  return `User ${userId}`;
}

function secondsOf(at: EpochMs): number {
  return Math.floor(at / 1000);
}

function sameJson(one: object, other: object): boolean {
  const text = (value: object) => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return text(one) === text(other);
}

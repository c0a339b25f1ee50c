import { z } from 'zod';
import type { WallClock } from '#ports/clock.ts';
import { CALLBACK_ANSWER_SECONDS, MOST_CALLBACK_ANSWER, MOST_UPDATES } from '#protocols/telegram.ts';
import type { Conditions } from '../conditions.ts';
import { Chats, type Message, type MessageContent, type Person } from './chats.ts';
import { badRequest, TelegramFailure } from './failure.ts';
import { FloodGate } from './flood.ts';
import { type Parameters, read, structured, whole } from './parameters.ts';
import {
  CAPTION,
  captionContent,
  documentContent,
  MARKUP,
  markupContent,
  photoContent,
  TEXT,
  textContent,
} from './sending.ts';
import { type Update, UpdateQueue } from './updates.ts';

/** The bot has an id and a name, whatever its token is; its messages tell no more of it. */
const ME = { id: 42, is_bot: true, first_name: 't', username: 't_bot' } as const;
const ABOUT_ME = {
  ...ME,
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
} as const;

const FIRST_UPDATE = 101;

const IN_CHAT = { chat_id: whole };
const OF_MESSAGE = { chat_id: whole, message_id: whole };
const Kinds = structured(z.array(z.string())).optional();
const Send = z.looseObject({ ...IN_CHAT, ...TEXT, ...MARKUP });
const SendFile = z.looseObject({ ...IN_CHAT, ...CAPTION, ...MARKUP });
const EditText = z.looseObject({ ...OF_MESSAGE, ...TEXT, ...MARKUP });
const EditCaption = z.looseObject({ ...OF_MESSAGE, ...CAPTION, ...MARKUP });
const EditMarkup = z.looseObject({ ...OF_MESSAGE, ...MARKUP });
const OfMessage = z.looseObject(OF_MESSAGE);
const Poll = z.looseObject({
  offset: whole.optional(),
  limit: whole.default(MOST_UPDATES),
  timeout: whole.default(0),
  allowed_updates: Kinds,
});
const Webhook = z.looseObject({ url: z.string(), drop_pending_updates: structured(z.boolean()).optional() });
const Answer = z.looseObject({ callback_query_id: z.string(), text: z.string().max(MOST_CALLBACK_ANSWER).optional() });
const Command = z.looseObject({
  command: z.string().regex(/^[a-z0-9_]{1,32}$/),
  description: z.string().min(1).max(256),
});
const Commands = z.looseObject({ commands: structured(z.array(Command).max(100)) });

/** How a press was answered. */
export interface PressAnswer {
  readonly id: string;
  readonly text: string | undefined;
}

/** One bot at the Bot API: its chats, what it has not fetched yet, and the methods it may call. */
export class TelegramBot {
  readonly chats = new Chats();
  readonly updates: UpdateQueue;
  readonly answers: PressAnswer[] = [];
  readonly me: Person = ME;
  private readonly clock: WallClock;
  private readonly conditions: Conditions;
  private readonly ended: AbortSignal;
  private readonly flood = new FloodGate();
  /** Presses that wait for an answer, and since when. */
  private readonly presses = new Map<string, number>();
  private webhook = '';
  private menu: readonly z.infer<typeof Command>[] = [];

  /** @param ended Ends what waits. */
  constructor(clock: WallClock, conditions: Conditions, ended: AbortSignal) {
    this.clock = clock;
    this.conditions = conditions;
    this.ended = ended;
    this.updates = new UpdateQueue(clock, FIRST_UPDATE);
  }

  /** Waits for an answer to a press from now on. */
  expectAnswer(queryId: string): void {
    this.presses.set(queryId, this.clock.mono());
  }

  /** Calls a method by its name; names are told apart without their case. @throws TelegramFailure */
  async call(method: string, parameters: Parameters): Promise<unknown> {
    const { values } = parameters;
    switch (method.toLowerCase()) {
      case 'getme':
        return ABOUT_ME;
      case 'getupdates':
        return this.getUpdates(read(Poll, values));
      case 'setwebhook':
        return this.setWebhook(read(Webhook, values));
      case 'deletewebhook':
        return this.setWebhook({ ...read(Webhook.partial(), values), url: '' });
      case 'getwebhookinfo':
        return { url: this.webhook, has_custom_certificate: false, pending_update_count: this.updates.length };
      case 'sendmessage': {
        const { chat_id, reply_markup, ...text } = read(Send, values);
        return this.send(chat_id, () => ({ ...textContent(text), ...markupContent(reply_markup) }));
      }
      case 'sendphoto':
        return this.sendFile(read(SendFile, values), () => photoContent(this.chats, parameters));
      case 'senddocument':
        return this.sendFile(read(SendFile, values), () => documentContent(this.chats, parameters));
      case 'editmessagetext':
        return this.editText(read(EditText, values));
      case 'editmessagecaption':
        return this.editCaption(read(EditCaption, values));
      case 'editmessagereplymarkup':
        return this.editMarkup(read(EditMarkup, values));
      case 'deletemessage':
        return this.deleteMessage(read(OfMessage, values));
      case 'answercallbackquery':
        return this.answerPress(read(Answer, values));
      case 'setmycommands':
        this.menu = read(Commands, values).commands;
        return true;
      case 'getmycommands':
        return this.menu;
      case 'sendchataction':
        this.chats.mustReach(read(z.looseObject(IN_CHAT), values).chat_id);
        return true;
      default:
        throw new TelegramFailure(404, 'Not Found: method not found');
    }
  }

  private getUpdates({ offset, limit, timeout, allowed_updates }: z.infer<typeof Poll>): Promise<readonly Update[]> {
    if (this.webhook !== '') {
      throw new TelegramFailure(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    }
    return this.updates.poll({ offset, limit, timeoutMs: timeout * 1000, allowed: allowed_updates }, this.ended);
  }

  /** Nothing is ever delivered to a webhook here; but while one is set, nothing can be fetched. */
  private setWebhook({ url, drop_pending_updates }: z.infer<typeof Webhook>): true {
    if (url !== '' && !url.startsWith('https://')) {
      throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
    }
    this.webhook = url;
    if (drop_pending_updates) this.updates.drop();
    return true;
  }

  private send(chatId: number, content: () => MessageContent): Message {
    this.chats.mustReach(chatId);
    const made = content();
    if (this.conditions.rateLimits) this.flood.pass(chatId, this.clock.mono());
    return this.chats.add(chatId, this.me, this.clock.wall(), made);
  }

  private sendFile(
    { chat_id, caption, parse_mode, reply_markup }: z.infer<typeof SendFile>,
    file: () => MessageContent,
  ): Message {
    return this.send(chat_id, () => ({
      ...file(),
      ...captionContent(caption, parse_mode),
      ...markupContent(reply_markup),
    }));
  }

  private editText({ chat_id, message_id, reply_markup, ...text }: z.infer<typeof EditText>): Message {
    const message = this.own(chat_id, message_id);
    if (message.text === undefined) throw badRequest('there is no text in the message to edit');
    return this.edit(message, { ...textContent(text), ...markupContent(reply_markup) });
  }

  private editCaption(asked: z.infer<typeof EditCaption>): Message {
    const message = this.own(asked.chat_id, asked.message_id);
    const { photo, document } = message;
    if (photo === undefined && document === undefined) throw badRequest('there is no caption in the message to edit');
    return this.edit(message, {
      ...(photo && { photo }),
      ...(document && { document }),
      ...captionContent(asked.caption, asked.parse_mode),
      ...markupContent(asked.reply_markup),
    });
  }

  private editMarkup({ chat_id, message_id, reply_markup }: z.infer<typeof EditMarkup>): Message {
    const message = this.own(chat_id, message_id);
    const { message_id: _id, from: _from, chat: _chat, date: _date, edit_date, reply_markup: _old, ...rest } = message;
    return this.edit(message, { ...rest, ...markupContent(reply_markup) });
  }

  private edit(message: Message, content: MessageContent): Message {
    return this.chats.edit(message, content, this.clock.wall());
  }

  private own(chatId: number, messageId: number): Message {
    const message = this.chats.find(chatId, messageId, 'edit');
    if (message.from.id !== this.me.id) throw badRequest("message can't be edited");
    return message;
  }

  private deleteMessage({ chat_id, message_id }: z.infer<typeof OfMessage>): true {
    this.chats.remove(this.chats.find(chat_id, message_id, 'delete'));
    return true;
  }

  private answerPress({ callback_query_id, text }: z.infer<typeof Answer>): true {
    const since = this.presses.get(callback_query_id) ?? Number.NEGATIVE_INFINITY;
    if (this.clock.mono() - since > CALLBACK_ANSWER_SECONDS * 1000) {
      throw badRequest('query is too old and response timeout expired or query ID is invalid');
    }
    this.answers.push({ id: callback_query_id, text });
    return true;
  }
}

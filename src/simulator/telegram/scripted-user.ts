import { z } from 'zod';
import type { WallClock } from '#ports/clock.ts';
import { commandInput } from '../command-input.ts';
import type { TelegramBot } from './bot.ts';
import { type Message, nameOf, type Person } from './chats.ts';
import type { Update } from './updates.ts';

const Write = z.strictObject({ user: z.int().min(1), chat: z.int().optional(), text: z.string().min(1) });
const Press = z.strictObject({
  user: z.int().min(1),
  chat: z.int().optional(),
  /** The newest with buttons when left out. */
  message: z.int().optional(),
  /** What stands on the button. */
  button: z.string().optional(),
  /** What the button carries; whatever a forged press likes. */
  data: z.string().optional(),
  forged: z.boolean().optional(),
});
const Again = z.strictObject({ update: z.int() });
const Block = z.strictObject({ chat: z.int(), blocked: z.boolean().default(true) });

/** What people do with a bot: they write, press its buttons, block it; and a press may reach it twice. */
export class ScriptedUser {
  private readonly bot: TelegramBot;
  private readonly clock: WallClock;
  private readonly given: { readonly update: Update; readonly kind: string }[] = [];
  private lastPress = 0;

  constructor(bot: TelegramBot, clock: WallClock) {
    this.bot = bot;
    this.clock = clock;
  }

  /** `{ user, chat?, text }`: writes into a chat, their own with the bot when left out. @returns The update it made. */
  write(input: unknown): object {
    const { user, chat = user, text } = commandInput('write', Write, input);
    const isCommand = /^\/[a-z0-9_]+/i.exec(text);
    const entities = isCommand ? [{ type: 'bot_command', offset: 0, length: isCommand[0].length }] : undefined;
    const message = this.bot.chats.add(chat, person(user), this.clock.wall(), { text, ...(entities && { entities }) });
    return this.tell('message', message);
  }

  /**
   * `{ user, chat?, message?, button? | data?, forged? }`: presses a button, by what stands on it or what it carries.
   * @throws Error when there is no such button, unless the press is forged.
   */
  press(input: unknown): object {
    const { user, chat = user, message: id, button, data, forged = false } = commandInput('press', Press, input);
    const message = this.messageWith(chat, id);
    const buttons = message.reply_markup?.inline_keyboard.flat() ?? [];
    const found = buttons.find((one) => (button === undefined ? one.callback_data === data : one.text === button));
    const carried = forged ? data : found?.callback_data;
    if (carried === undefined) {
      const there = buttons.map((one) => `"${one.text}"`).join(', ') || 'none';
      throw new Error(`Message ${message.message_id} has no such button: those that it has are ${there}`);
    }
    this.lastPress += 1;
    const query = `cb${this.lastPress}`;
    this.bot.expectAnswer(query);
    return this.tell('callback_query', {
      id: query,
      from: person(user),
      chat_instance: String(chat),
      data: carried,
      message,
    });
  }

  /** `{ update }`: what that update told is told once more under a new number, as after a lost connection. */
  again(input: unknown): object {
    const { update: id } = commandInput('again', Again, input);
    const found = this.given.find(({ update }) => update.update_id === id);
    if (found === undefined) throw new Error(`There was no update ${id}`);
    return this.tell(found.kind, found.update[found.kind]);
  }

  /** `{ chat, blocked? }`: the bot cannot write there any more, or again. */
  block(input: unknown): object {
    const { chat, blocked } = commandInput('block', Block, input);
    this.bot.chats.block(chat, blocked);
    return { chat, blocked };
  }

  private tell(kind: string, content: unknown): object {
    const update = this.bot.updates.add(kind, content);
    if (update !== undefined) this.given.push({ update, kind });
    return { update: update?.update_id ?? null };
  }

  private messageWith(chat: number, id: number | undefined): Message {
    const messages = this.bot.chats.messages(chat);
    const found = messages.findLast((one) =>
      id === undefined ? one.reply_markup !== undefined : one.message_id === id,
    );
    if (found === undefined) throw new Error(`Chat ${chat} has no ${id === undefined ? 'buttons' : `message ${id}`}`);
    return found;
  }
}

function person(id: number): Person {
  return { id, is_bot: false, first_name: nameOf(id) };
}

import { z } from 'zod';
import { commandInput } from '../command-input.ts';
import type { Twin, TwinAnswer, TwinDefinition, TwinRequest, TwinWorld } from '../twin.ts';
import { TelegramBot } from './bot.ts';
import { TelegramFailure } from './failure.ts';
import { parametersOf } from './parameters.ts';
import { ScriptedUser } from './scripted-user.ts';

export interface TelegramOptions {
  /** The only token that is known; every well-formed one when left out. */
  readonly token?: string;
}

const PATH = /^\/bot([^/]+)\/([A-Za-z]+)$/;
const TOKEN = /^\d+:[\w-]+$/;
const Chat = z.strictObject({ chat: z.int() });

/** Telegram's Bot API on loopback, with one bot and people who do as they are told. */
export function telegramWith({ token }: TelegramOptions): TwinDefinition {
  return { name: 'telegram', open: (world) => new TelegramTwin(world, token) };
}

export const telegramTwin: TwinDefinition = telegramWith({});

class TelegramTwin implements Twin {
  readonly endpoints = { api: 'http:' };
  readonly commands: NonNullable<Twin['commands']>;
  private readonly bot: TelegramBot;
  private readonly token: string | undefined;
  private readonly ended = new AbortController();

  constructor({ clock, conditions }: TwinWorld, token: string | undefined) {
    this.token = token;
    this.bot = new TelegramBot(clock, conditions, this.ended.signal);
    const user = new ScriptedUser(this.bot, clock);
    const { chats, answers } = this.bot;
    this.commands = {
      write: (input) => user.write(input),
      press: (input) => user.press(input),
      again: (input) => user.again(input),
      block: (input) => user.block(input),
      messages: (input) => chats.messages(commandInput('messages', Chat, input).chat),
      chats: () => chats.ids,
      answers: () => answers,
    };
  }

  async answer({ path, query, headers, body }: TwinRequest): Promise<TwinAnswer> {
    try {
      const method = this.methodOf(path);
      const parameters = await parametersOf(new URLSearchParams(query), headers['content-type'] ?? '', body);
      return json(200, { ok: true, result: await this.bot.call(method, parameters) });
    } catch (error) {
      if (!(error instanceof TelegramFailure)) throw error;
      return json(error.status, error.body);
    }
  }

  close(): void {
    this.ended.abort();
  }

  private methodOf(path: string): string {
    const [, token = '', method = ''] = PATH.exec(decodeURIComponent(path)) ?? [];
    if (!TOKEN.test(token)) throw new TelegramFailure(404, 'Not Found');
    if (this.token !== undefined && this.token !== token) throw new TelegramFailure(401, 'Unauthorized');
    return method;
  }
}

function json(status: number, body: object): TwinAnswer {
  return { status, body: JSON.stringify(body) };
}

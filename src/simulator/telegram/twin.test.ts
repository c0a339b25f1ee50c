import { Bot, GrammyError, InlineKeyboard, InputFile } from 'grammy';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openServices } from '#tests/builders/loopback-services.ts';
import type { Message } from './chats.ts';
import { type TelegramOptions, telegramWith } from './twin.ts';

const TOKEN = '123:ABC';
const OWNER = 7;
/** A PNG of 3 x 2 black pixels. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAADElEQVR4nGNgQAYAAA4AAafLBk8AAAAASUVORK5CYII=',
  'base64',
);

async function open(options: TelegramOptions = {}) {
  const simulator = await openServices([telegramWith(options)]);
  const service = simulator.service('telegram');
  const bot = new Bot(TOKEN, { client: { apiRoot: service.urls.api! } });
  const told = (command: string, input?: unknown) => service.command(command, input) as { readonly update: number };
  const messages = () => service.command('messages', { chat: OWNER }) as Message[];
  return { simulator, service, bot, told, messages };
}

/** Starts a bot's long polling; it ends with the test. */
async function run(bot: Bot): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const running = bot.start({ onStart: () => resolve() });
  onTestFinished(async () => {
    await bot.stop();
    await running;
  });
  await promise;
}

async function refusal(asked: Promise<unknown>): Promise<GrammyError> {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GrammyError)) throw new Error(`No GrammyError: ${String(error)}`);
  return error;
}

test('a proposal is approved: buttons, a press, an answer, an edit', async () => {
  const { bot, told, messages, service } = await open();
  const done = Promise.withResolvers<void>();
  bot.on('callback_query:data', async (context) => {
    await context.answerCallbackQuery({ text: 'done' });
    await context.editMessageText(`Approved by ${context.from.id}: ${context.callbackQuery.data}`);
    done.resolve();
  });
  await run(bot);
  const reply_markup = new InlineKeyboard().text('OK', 'ok:1').text('No', 'no:1');
  const sent = await bot.api.sendMessage(OWNER, 'Buy <b>BTC</b> &amp; hold?', { parse_mode: 'HTML', reply_markup });
  expect(sent).toMatchObject({
    text: 'Buy BTC & hold?',
    entities: [{ type: 'bold', offset: 4, length: 3 }],
    from: { id: 42, is_bot: true, first_name: 't', username: 't_bot' },
    chat: { id: OWNER, type: 'private' },
  });
  expect(sent.from).not.toHaveProperty('can_join_groups');
  expect(told('press', { user: OWNER, button: 'OK' })).toEqual({ update: 101 });
  await done.promise;
  expect(messages()[0]).toMatchObject({ text: 'Approved by 7: ok:1', edit_date: expect.any(Number) });
  expect(messages()[0]).not.toHaveProperty('reply_markup');
  expect(service.command('answers')).toEqual([{ id: 'cb1', text: 'done' }]);
});

test('what people write arrives in order, once, and a command is known as one', async () => {
  const { bot, told } = await open();
  told('write', { user: OWNER, text: '/status now' });
  told('write', { user: 8, chat: -5, text: 'hello' });
  const first = await bot.api.getUpdates();
  expect(first.map(({ update_id, message }) => [update_id, message?.from.id, message?.chat.id])).toEqual([
    [101, OWNER, OWNER],
    [102, 8, -5],
  ]);
  expect(first[0]!.message!.entities).toEqual([{ type: 'bot_command', offset: 0, length: 7 }]);
  expect(await bot.api.getUpdates({ offset: 102 })).toHaveLength(1);
  expect(await bot.api.getUpdates({ offset: 103 })).toEqual([]);
  expect(await bot.api.getUpdates()).toEqual([]);
});

test('one who waits is told at once', async () => {
  const { bot, told } = await open();
  const waiting = bot.api.getUpdates({ timeout: 50 });
  await bot.api.getMe();
  told('write', { user: OWNER, text: 'hi' });
  expect(await waiting).toMatchObject([{ message: { text: 'hi' } }]);
});

test('a press that is told twice has a new number and the same id', async () => {
  const { bot, told } = await open();
  await bot.api.sendMessage(OWNER, 'Sure?', { reply_markup: new InlineKeyboard().text('OK', 'ok:1') });
  const { update } = told('press', { user: OWNER, data: 'ok:1' });
  told('again', { update });
  const updates = await bot.api.getUpdates();
  expect(updates.map(({ update_id, callback_query }) => [update_id, callback_query?.id])).toEqual([
    [101, 'cb1'],
    [102, 'cb1'],
  ]);
});

test('a button must be there to be pressed, but a forged press carries what it likes', async () => {
  const { bot, told } = await open();
  await bot.api.sendMessage(OWNER, 'Sure?', { reply_markup: new InlineKeyboard().text('OK', 'ok:1') });
  expect(() => told('press', { user: OWNER, button: 'Yes' })).toThrow('those that it has are "OK"');
  expect(() => told('press', { user: OWNER, chat: 9, button: 'OK' })).toThrow('Chat 9 has no buttons');
  told('press', { user: 666, chat: OWNER, data: 'ok:999', forged: true });
  expect(await bot.api.getUpdates()).toMatchObject([{ callback_query: { from: { id: 666 }, data: 'ok:999' } }]);
});

test('a photo arrives with its size, by bytes or by its id, and its caption can be edited', async () => {
  const { bot, messages } = await open();
  const { photo, message_id } = await bot.api.sendPhoto(OWNER, new InputFile(PNG, 'c.png'), { caption: 'cap' });
  expect(photo).toMatchObject([{ width: 3, height: 2, file_size: PNG.length }]);
  await bot.api.sendPhoto(OWNER, photo.at(-1)!.file_id);
  await bot.api.editMessageCaption(OWNER, message_id, { caption: '<i>new</i>', parse_mode: 'HTML' });
  expect(messages().map((message) => message.caption)).toEqual(['new', undefined]);
  const file = await bot.api.sendDocument(OWNER, new InputFile(Buffer.from('a,b'), 'trades.csv'));
  expect(file.document).toMatchObject({ file_name: 'trades.csv', file_size: 3 });
  expect((await refusal(bot.api.sendPhoto(OWNER, new InputFile(Buffer.from('x'), 'x')))).description).toBe(
    'Bad Request: IMAGE_PROCESS_FAILED',
  );
});

test('a message is deleted, its buttons are taken away', async () => {
  const { bot, messages } = await open();
  const sent = await bot.api.sendMessage(OWNER, 'Sure?', { reply_markup: new InlineKeyboard().text('OK', 'ok:1') });
  await bot.api.editMessageReplyMarkup(OWNER, sent.message_id);
  expect(messages()[0]).toMatchObject({ text: 'Sure?' });
  expect(messages()[0]).not.toHaveProperty('reply_markup');
  await bot.api.deleteMessage(OWNER, sent.message_id);
  expect(messages()).toEqual([]);
});

test('commands are kept, the bot is told who it is', async () => {
  const { bot } = await open();
  await bot.api.setMyCommands([{ command: 'status', description: 'How it goes' }]);
  expect(await bot.api.getMyCommands()).toEqual([{ command: 'status', description: 'How it goes' }]);
  expect(await bot.api.getMe()).toMatchObject({ id: 42, username: 't_bot' });
  expect(await bot.api.sendChatAction(OWNER, 'typing')).toBe(true);
});

describe('refused', () => {
  const text = (length: number) => 'x'.repeat(length);
  const keyboard = (data: string) => ({ reply_markup: { inline_keyboard: [[{ text: 'OK', callback_data: data }]] } });

  test.each<{ name: string; ask: (bot: Bot) => Promise<unknown>; why: string }>([
    { name: 'nothing to say', ask: ({ api }) => api.sendMessage(OWNER, ' '), why: 'message text is empty' },
    { name: 'too much', ask: ({ api }) => api.sendMessage(OWNER, text(4097)), why: 'message is too long' },
    {
      name: 'too much under a photo',
      ask: ({ api }) => api.sendPhoto(OWNER, new InputFile(PNG), { caption: text(1025) }),
      why: 'message caption is too long',
    },
    {
      name: 'HTML that does not end',
      ask: ({ api }) => api.sendMessage(OWNER, '<b>x', { parse_mode: 'HTML' }),
      why: 'can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
    },
    {
      name: 'a less-than sign',
      ask: ({ api }) => api.sendMessage(OWNER, 'RSI < 30', { parse_mode: 'HTML' }),
      why: 'can\'t parse entities: Unsupported start tag "" at byte offset 4',
    },
    {
      name: 'a number in MarkdownV2',
      ask: ({ api }) => api.sendMessage(OWNER, '-1.5%', { parse_mode: 'MarkdownV2' }),
      why: "can't parse entities: Character '-' is reserved and must be escaped with the preceding '\\'",
    },
    {
      name: 'data that a button cannot carry',
      ask: ({ api }) => api.sendMessage(OWNER, 'x', keyboard(`${text(63)}é`)),
      why: 'BUTTON_DATA_INVALID',
    },
    {
      name: 'an edit of nothing',
      ask: ({ api }) => api.editMessageText(OWNER, 9, 'x'),
      why: 'message to edit not found',
    },
    {
      name: 'a deletion of nothing',
      ask: ({ api }) => api.deleteMessage(OWNER, 9),
      why: 'message to delete not found',
    },
    {
      name: 'an answer to a press that is not there',
      ask: ({ api }) => api.answerCallbackQuery('cb9'),
      why: 'query is too old and response timeout expired or query ID is invalid',
    },
  ])('$name', async ({ ask, why }) => {
    const { bot } = await open();
    expect(await refusal(ask(bot))).toMatchObject({ error_code: 400, description: `Bad Request: ${why}` });
  });

  test('the length of a text is counted without its formatting', async () => {
    const { bot } = await open();
    const sent = await bot.api.sendMessage(OWNER, `<b>${text(4096)}</b>`, { parse_mode: 'HTML' });
    expect(sent.text).toHaveLength(4096);
    await bot.api.sendMessage(OWNER, 'x', keyboard(text(64)));
  });

  test('an edit that changes nothing', async () => {
    const { bot } = await open();
    const { message_id } = await bot.api.sendMessage(OWNER, 'x');
    expect((await refusal(bot.api.editMessageText(OWNER, message_id, 'x'))).description).toContain('is not modified');
  });

  test('what nobody wants to hear', async () => {
    const { bot, told } = await open();
    told('block', { chat: OWNER });
    expect(await refusal(bot.api.sendMessage(OWNER, 'x'))).toMatchObject({ error_code: 403 });
    told('block', { chat: OWNER, blocked: false });
    await bot.api.sendMessage(OWNER, 'x');
  });

  test('a flood: the seconds to wait are told, where limits count', async () => {
    const { bot, service } = await open();
    let sent = 0;
    const flood = async () => {
      for (; sent < 200; sent++) await bot.api.sendMessage(OWNER, `${sent}`);
    };
    expect(await refusal(flood())).toMatchObject({
      error_code: 429,
      description: 'Too Many Requests: retry after 1',
      parameters: { retry_after: 1 },
    });
    expect(sent).toBeGreaterThanOrEqual(20);
    service.conditions.rateLimits = false;
    await bot.api.sendMessage(OWNER, 'x');
  });

  test('a wrong token, and one that is none', async () => {
    const { bot, service } = await open({ token: '999:XYZ' });
    expect(await refusal(bot.api.getMe())).toMatchObject({ error_code: 401, description: 'Unauthorized' });
    expect((await fetch(`${service.address}/botABC/getMe`)).status).toBe(404);
  });

  test('two who poll at once: the first one is sent away', async () => {
    const { bot, told, simulator } = await open();
    const first = refusal(bot.api.getUpdates({ timeout: 50 }));
    while (simulator.journal.list({ route: `POST /bot${TOKEN}/getUpdates` }).length === 0) await bot.api.getMe();
    const second = bot.api.getUpdates({ timeout: 50 });
    expect(await first).toMatchObject({ error_code: 409 });
    told('write', { user: OWNER, text: 'hi' });
    expect(await second).toHaveLength(1);
  });

  test('polling while a webhook is set', async () => {
    const { bot, told } = await open();
    expect((await refusal(bot.api.setWebhook('http://x'))).error_code).toBe(400);
    await bot.api.setWebhook('https://example.com/hook');
    expect(await bot.api.getWebhookInfo()).toMatchObject({ url: 'https://example.com/hook' });
    expect(await refusal(bot.api.getUpdates())).toMatchObject({ error_code: 409 });
    await bot.api.deleteWebhook();
    told('write', { user: OWNER, text: 'hi' });
    await bot.api.deleteWebhook({ drop_pending_updates: false });
    expect(await bot.api.getUpdates()).toHaveLength(1);
    await bot.api.deleteWebhook({ drop_pending_updates: true });
    expect(await bot.api.getUpdates()).toEqual([]);
  });
});

test('kinds that nobody asked for are not told', async () => {
  const { bot, told } = await open();
  await bot.api.getUpdates({ allowed_updates: ['callback_query'] });
  expect(told('write', { user: OWNER, text: 'hi' })).toEqual({ update: null });
  expect(await bot.api.getUpdates()).toEqual([]);
});

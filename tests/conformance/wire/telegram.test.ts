import { Bot, GrammyError } from 'grammy';
import { expect } from 'vitest';
import { telegramTwin } from '#simulator/telegram/twin.ts';
import { openServices } from '#tests/builders/loopback-services.ts';
import { describeFacts, type WireFact } from './facts.ts';

async function open() {
  const simulator = await openServices([telegramTwin]);
  const service = simulator.service('telegram');
  const call = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(service.address + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as { ok: boolean; result: never } };
  };
  const bot = new Bot('123:ABC', { client: { apiRoot: service.address } });
  return { simulator, service, call, bot };
}

async function answersAsStated({ request, expect: expected }: WireFact) {
  const { call } = await open();
  expect((await call(request.path, request.body)).body).toEqual(expected.body);
}

const approval = { reply_markup: { inline_keyboard: [[{ text: 'OK', callback_data: 'ok:1' }]] } };

describeFacts('simulator', ['telegram'], {
  'telegram-001': answersAsStated,
  'telegram-002': answersAsStated,
  'telegram-005': async ({ request, expect: expected }) => {
    const { call, service } = await open();
    expect(service.command('write', { user: 7, text: 'hi' })).toEqual({ update: expected.confirms });
    expect((await call(request.path, {})).body.result).toHaveLength(1);
    await call(request.path, request.body);
    expect((await call(request.path, {})).body.result).toEqual([]);
  },
  'telegram-006': async ({ request, expect: expected }) => {
    const { call } = await open();
    const { body } = await call(request.path, request.body);
    expect(body.ok).toBe(expected.ok);
    expect(body.result).toMatchObject({ text: request.body.text, reply_markup: request.body.reply_markup });
  },
  'telegram-007': async ({ request, expect: expected }) => {
    const { service } = await open();
    const form = new FormData();
    form.set('chat_id', request.fields.chat_id);
    form.set('photo', 'attach://322h');
    form.set('caption', request.fields.caption);
    form.set('322h', new Blob([PNG], { type: 'application/octet-stream' }), 'c.png');
    const answer = await fetch(service.address + request.path, { method: request.method, body: form });
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toMatchObject({
      ok: expected.ok,
      result: { caption: request.fields.caption, photo: [{ width: 3, height: 2 }] },
    });
  },
  'telegram-008': async ({ request, expect: expected }) => {
    const { call, bot, service } = await open();
    await bot.api.sendMessage(7, 'Sure?', approval);
    service.command('press', { user: 7, button: 'OK' });
    expect((await call(request.path, request.body)).body).toEqual(expected.body);
  },
  'telegram-009': async ({ request, expect: expected }) => {
    const { call, bot } = await open();
    await bot.api.sendMessage(7, 'Other');
    await bot.api.sendMessage(7, 'Sure?', approval);
    const { result } = (await call(request.path, request.body)).body;
    expect(result).toMatchObject({ text: request.body.text, message_id: request.body.message_id });
    expect('reply_markup' in result).toBe(!expected.keyboardRemoved);
  },
  'telegram-010': async ({ request, expect: expected }) => {
    const { call, bot, simulator } = await open();
    let answer = await call(request.path, { chat_id: 7, text: 'x' });
    for (let k = 0; k < 200 && answer.status === 200; k++) answer = await call(request.path, { chat_id: 7, text: 'x' });
    expect(answer).toEqual({ status: expected.http, body: expected.body });
    const before = simulator.journal.list().length;
    await expect(bot.api.sendMessage(7, 'x')).rejects.toBeInstanceOf(GrammyError);
    expect(simulator.journal.list()).toHaveLength(before + 1);
  },
  'telegram-011': async ({ request, expect: expected }) => {
    const { bot } = await open();
    const bytes = Number.parseInt(request.callback_data, 10);
    const send = (length: number) => {
      const reply_markup = { inline_keyboard: [[{ text: 'OK', callback_data: 'x'.repeat(length) }]] };
      return bot.api.sendMessage(7, 'Sure?', { reply_markup });
    };
    await expect(send(bytes)).rejects.toMatchObject({ error_code: 400 });
    await send(Number.parseInt(expected.max, 10));
  },
  'telegram-013': async ({ expect: expected }) => {
    const { bot, simulator } = await open();
    const stopped = bot.start().then(
      () => undefined,
      (error: unknown) => error,
    );
    const polls = () => simulator.journal.list({ route: 'POST /bot123:ABC/getUpdates' }).length;
    while (polls() === 0) await bot.api.getMe();
    await bot.api.getUpdates();
    expect(await stopped).toMatchObject({ error_code: expected.http });
    await bot.api.setWebhook('https://example.com');
    await expect(bot.api.getUpdates()).rejects.toMatchObject({ error_code: expected.http });
  },
});

/** 3 x 2 black pixels. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAADElEQVR4nGNgQAYAAA4AAafLBk8AAAAASUVORK5CYII=',
  'base64',
);

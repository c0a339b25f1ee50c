import { z } from 'zod';
import { MOST_BUTTONS, MOST_CALLBACK_DATA_BYTES } from '#protocols/telegram.ts';
import { badRequest } from './failure.ts';

const Button = z.looseObject({ text: z.string(), callback_data: z.string().optional(), url: z.string().optional() });

/** Buttons under a message, or one of the markups that only change how a person types. */
export const ReplyMarkup = z.union([
  z.looseObject({ inline_keyboard: z.array(z.array(Button)) }),
  z.looseObject({ keyboard: z.array(z.array(z.unknown())) }),
  z.looseObject({ remove_keyboard: z.literal(true) }),
  z.looseObject({ force_reply: z.literal(true) }),
]);

export interface InlineKeyboard {
  readonly inline_keyboard: readonly (readonly z.infer<typeof Button>[])[];
}

/**
 * The buttons that a message gets; undefined for none.
 * @throws TelegramFailure 400 for a button without a text, without anything to do, or with more data than it can carry.
 */
export function keyboardOf(markup: z.infer<typeof ReplyMarkup> | undefined): InlineKeyboard | undefined {
  if (markup === undefined || !('inline_keyboard' in markup)) return undefined;
  const rows = z.array(z.array(Button)).parse(markup.inline_keyboard);
  const buttons = rows.flat();
  if (buttons.length > MOST_BUTTONS) throw badRequest('reply markup is too long');
  for (const { text, callback_data, ...others } of buttons) {
    if (text === '')
      throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
    if (callback_data !== undefined) checkData(callback_data);
    else if (Object.keys(others).length === 0) {
      throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
    }
  }
  return buttons.length === 0 ? undefined : { inline_keyboard: rows.filter((row) => row.length > 0) };
}

function checkData(data: string): void {
  const bytes = Buffer.byteLength(data);
  if (bytes < 1 || bytes > MOST_CALLBACK_DATA_BYTES) throw badRequest('BUTTON_DATA_INVALID');
}

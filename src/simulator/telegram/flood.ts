import { MESSAGES_PER_MINUTE_IN_GROUP, MESSAGES_PER_SECOND, MESSAGES_PER_SECOND_IN_CHAT } from '#protocols/telegram.ts';
import { Bucket } from '../bucket.ts';
import { tooManyRequests } from './failure.ts';

/** So many may come at once after a quiet time. */
const BURST_IN_CHAT = 20;

/** Keeps a bot from writing faster than Telegram lets it: in one chat, in a group, and over all of them. */
export class FloodGate {
  private readonly all = new Bucket(MESSAGES_PER_SECOND, MESSAGES_PER_SECOND);
  private readonly chats = new Map<number, Bucket>();

  /** @param now ms of a clock that never steps back. @throws TelegramFailure 429 with the seconds to wait. */
  pass(chatId: number, now: number): void {
    const chat = this.chats.get(chatId) ?? bucketOf(chatId);
    this.chats.set(chatId, chat);
    const seconds = Math.max(this.all.wait(now), chat.wait(now));
    if (seconds > 0) throw tooManyRequests(Math.ceil(seconds));
    this.all.fill();
    chat.fill();
  }
}

/** Groups have ids below 0. */
function bucketOf(chatId: number): Bucket {
  return chatId < 0
    ? new Bucket(MESSAGES_PER_MINUTE_IN_GROUP / 60, MESSAGES_PER_MINUTE_IN_GROUP)
    : new Bucket(MESSAGES_PER_SECOND_IN_CHAT, BURST_IN_CHAT);
}

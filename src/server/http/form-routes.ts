import type { FastifyInstance } from 'fastify';
import { LONGEST_BOT_FILE, PreviewRequest } from '#contract/bot-preview.ts';
import { noSuch, type Served } from './routes.ts';

/** A bot file as JSON text in JSON, every sign of it escaped. */
const PREVIEW_BODY_LIMIT = 2 * LONGEST_BOT_FILE;

/** What the bot form reads. Nothing here changes a bot, and no answer holds a key. */
export function addFormRoutes(app: FastifyInstance, { previews }: Pick<Served, 'previews'>): void {
  app.get<{ Params: { id: string } }>(
    '/api/bots/:id/config',
    ({ params }, reply) => previews.config(params.id) ?? noSuch(reply, 'bot', params.id),
  );
  app.post('/api/bots/preview', { bodyLimit: PREVIEW_BODY_LIMIT }, async ({ body }, reply) => {
    const asked = PreviewRequest.parse(body);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    try {
      return await previews.preview(asked, gone.signal);
    } catch (error) {
      if (!gone.signal.aborted) throw error;
      return reply.hijack();
    }
  });
}

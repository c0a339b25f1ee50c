import Fastify, { type FastifyInstance } from 'fastify';
import { ZodError } from 'zod';
import { addPages } from './pages.ts';
import { addRoutes, type Served } from './routes.ts';

/** Longest request that is read: nothing here takes a body. */
const BODY_LIMIT = 64 * 1024;

/**
 * The HTTP side: the API, and the exported pages when there are any. It listens only when told to.
 * @param webRoot Folder of the exported pages; undefined serves the API alone.
 */
export async function buildHttpServer(served: Served, webRoot: string | undefined): Promise<FastifyInstance> {
  const app = Fastify({ logger: false, bodyLimit: BODY_LIMIT, forceCloseConnections: true });
  app.addHook('onSend', async (request, reply) => {
    reply
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('x-frame-options', 'DENY');
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ZodError || error instanceof RangeError) {
      return reply.code(400).send({ error: { code: 'BAD_REQUEST', message: requestProblem(error) } });
    }
    return reply
      .code(500)
      .send({ error: { code: 'FAULT', message: 'This is a fault in Autotrader; its log has the details' } });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: { code: 'NOT_FOUND', message: `There is nothing at ${request.url.split('?')[0]}` } }),
  );
  addRoutes(app, served);
  if (webRoot !== undefined) await addPages(app, webRoot);
  return app;
}

function requestProblem(error: ZodError | RangeError): string {
  if (error instanceof RangeError) return error.message;
  return error.issues.map(({ path, message }) => `"${path.join('.')}": ${message}`).join('; ');
}

import Fastify, { type FastifyInstance } from 'fastify';
import { ZodError } from 'zod';
import { MarketUnavailable } from '#ports/market-data.ts';
import { TooBusy } from '../previews/turns.ts';
import { addFormRoutes } from './form-routes.ts';
import { foreignRefusal } from './origins.ts';
import { addPages } from './pages.ts';
import { addRoutes, type Served } from './routes.ts';

/** Longest request that is read; a route that takes a whole file says its own. */
const BODY_LIMIT = 64 * 1024;

/** How the server stands in the world. */
export interface Surroundings {
  /** The address it is to listen on. */
  readonly host: string;
  /** Folder of the exported pages; undefined serves the API alone. */
  readonly webRoot: string | undefined;
  /** Hears of faults, whose details are not for who asked. */
  readonly onFault: (error: unknown) => void;
}

/** The HTTP side: the API, and the exported pages when there are any. It listens only when told to. */
export async function buildHttpServer(
  served: Served,
  { host, webRoot, onFault }: Surroundings,
): Promise<FastifyInstance> {
  const app = Fastify({ logger: false, bodyLimit: BODY_LIMIT, forceCloseConnections: true });
  app.addHook('onRequest', async ({ headers }, reply) => {
    const message = foreignRefusal(headers, host);
    if (message !== undefined) return reply.code(403).send({ error: { code: 'FOREIGN', message } });
  });
  app.addHook('onSend', async (request, reply) => {
    reply
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('x-frame-options', 'DENY');
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
  app.setErrorHandler((error, _request, reply) => {
    // A RangeError of Fastify's own has a status: a body that is too long.
    if (error instanceof ZodError || (error instanceof RangeError && !('statusCode' in error))) {
      return reply.code(400).send({ error: { code: 'BAD_REQUEST', message: requestProblem(error) } });
    }
    if (error instanceof TooBusy) {
      return reply.code(503).send({ error: { code: 'BUSY', message: error.message } });
    }
    if (error instanceof MarketUnavailable) {
      return reply.code(503).send({ error: { code: 'MARKET_UNAVAILABLE', message: error.message } });
    }
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    if (status < 500) return reply.code(status).send({ error: { code: 'BAD_REQUEST', message: `${error}` } });
    onFault(error);
    const message = 'This is a fault in Autotrader; where it was started, its details are printed';
    return reply.code(500).send({ error: { code: 'FAULT', message } });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: { code: 'NOT_FOUND', message: `There is nothing at ${request.url.split('?')[0]}` } }),
  );
  addRoutes(app, served);
  addFormRoutes(app, served);
  if (webRoot !== undefined) await addPages(app, webRoot);
  return app;
}

function requestProblem(error: ZodError | RangeError): string {
  if (error instanceof RangeError) return error.message;
  return error.issues.map(({ path, message }) => `"${path.join('.')}": ${message}`).join('; ');
}

import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { ZodError, z } from 'zod';
import type { Simulator } from './simulator.ts';

const Pace = z.union([
  z.enum(['manual', 'lock-step']),
  z.strictObject({ speed: z.number().positive('must be above 0: times as fast as real time') }),
]);

const Advance = z.strictObject({ candles: z.int().min(1).default(1) });

const ms = z.number().min(0);
const FaultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('delay'), ms }),
  z.strictObject({ kind: z.literal('drop-request') }),
  z.strictObject({ kind: z.literal('drop-reply') }),
  z.strictObject({
    kind: z.literal('answer'),
    status: z.int().min(200).max(599),
    body: z.string(),
    headers: z.record(z.string(), z.string()).default({}),
    acts: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal('truncate'), bytes: z.int().min(0) }),
  z.strictObject({ kind: z.literal('slow-body'), bytesPerSecond: z.number().positive() }),
  z.strictObject({ kind: z.literal('mute') }),
  z.strictObject({ kind: z.literal('duplicate') }),
  z.strictObject({ kind: z.literal('reorder') }),
  z.strictObject({ kind: z.literal('disconnect') }),
]);

const Rule = z.strictObject({
  service: z.string().default('*'),
  route: z.string(),
  fault: FaultSchema,
  count: z.int().min(1).optional(),
  probability: z.number().gt(0).max(1).optional(),
});

const Wanted = z.strictObject({
  skewMs: z.number(),
  orderLagMs: ms,
  fillLagMs: ms,
  maintenance: z.boolean(),
  /** null for as much as is wanted. */
  volumeShare: z.number().gt(0).nullable(),
  rejectStops: z.boolean(),
  rateLimits: z.boolean(),
});

const JournalQuery = z.strictObject({
  service: z.string().optional(),
  route: z.string().optional(),
  after: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
});

/** The control port of a simulator that runs. */
export interface ControlPort {
  /** "http://127.0.0.1:PORT". */
  readonly address: string;
  close(): Promise<void>;
}

/** Opens the control port: HTTP and JSON, on loopback. @param port 0 for any free one. */
export async function openControl(simulator: Simulator, port = 0): Promise<ControlPort> {
  const app = Fastify({ logger: false, forceCloseConnections: true });
  app.setErrorHandler((error, _request, reply) =>
    reply.code(400).send({ error: { message: error instanceof ZodError ? problemsOf(error) : messageOf(error) } }),
  );
  // A body that is missing is an empty one.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(String(body)));
    } catch {
      done(new Error('Cannot read the request as its body must be JSON'));
    }
  });
  addTime(app, simulator);
  addFaults(app, simulator);
  addServices(app, simulator);
  await app.listen({ host: '127.0.0.1', port });
  return {
    address: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    close: () => app.close(),
  };
}

function addTime(app: FastifyInstance, { line, pacer }: Simulator): void {
  const time = () => ({
    marketTime: line.now,
    nextMoment: line.isEnded ? null : line.nextMoment,
    isEnded: line.isEnded,
    pace: pacer.pace,
    symbols: line.series.map((series) => ({
      symbol: series.symbol,
      timeframe: series.timeframe,
      closedCandles: series.candles.length,
      lastPrice: series.lastPrice(line.now),
    })),
  });
  app.get('/time', time);
  app.post('/advance', ({ body }) => {
    const { candles } = Advance.parse(body ?? {});
    return { closed: line.advance(candles), ...time() };
  });
  app.post('/pace', ({ body }) => {
    pacer.pace = z.strictObject({ pace: Pace }).parse(body).pace;
    return time();
  });
}

function addFaults(app: FastifyInstance, { faults, services }: Simulator): void {
  app.get('/faults', () => ({ faults: faults.list() }));
  app.post('/faults', ({ body }) => {
    const rule = Rule.parse(body);
    const names = services.map(({ name }) => name);
    if (rule.service !== '*' && !names.includes(rule.service)) {
      throw new Error(`There is no service "${rule.service}": those that run are ${names.join(', ')}, or "*" for all`);
    }
    return { id: faults.set(rule) };
  });
  app.delete('/faults', () => ({ cleared: faults.clear() }));
  app.delete<{ Params: { id: string } }>('/faults/:id', ({ params }) => ({ cleared: faults.clear(Number(params.id)) }));
}

function addServices(app: FastifyInstance, simulator: Simulator): void {
  const { services, accounts, journal } = simulator;
  app.get('/', () => ({
    services: services.map(({ name, urls }) => ({ name, urls })),
    accounts: accounts.map(({ secret: _, ...account }) => account),
  }));
  app.get('/journal', ({ query }) => ({ entries: journal.list(JournalQuery.parse(query)) }));
  app.get<{ Params: { name: string } }>('/services/:name/conditions', ({ params }) =>
    shown(simulator.service(params.name).conditions),
  );
  app.patch<{ Params: { name: string } }>('/services/:name/conditions', ({ params, body }) => {
    const { conditions } = simulator.service(params.name);
    const { volumeShare, ...wanted } = Wanted.partial().parse(body);
    Object.assign(conditions, wanted);
    if (volumeShare !== undefined) conditions.volumeShare = volumeShare ?? undefined;
    return shown(conditions);
  });
  app.post<{ Params: { name: string; command: string } }>('/services/:name/:command', async ({ params, body }) => ({
    result: (await simulator.service(params.name).command(params.command, body ?? {})) ?? null,
  }));
}

function shown(conditions: Simulator['services'][number]['conditions']) {
  return { ...conditions, volumeShare: conditions.volumeShare ?? null };
}

function problemsOf({ issues }: ZodError): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `"${path.join('.')}": ${message}`))
    .join('; ');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

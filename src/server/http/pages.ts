import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const HTML = '.html';

/**
 * Serves the exported pages of a folder: `/bots/edit` is `bots/edit.html`. Files named by their content are kept by browsers for
 * ever, everything else is asked for each time.
 */
export async function addPages(app: FastifyInstance, root: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: join(root, '_next/static'),
    prefix: '/_next/static/',
    immutable: true,
    maxAge: '365d',
    decorateReply: false,
  });
  await app.register(fastifyStatic, {
    root,
    cacheControl: false,
    dotfiles: 'ignore',
    setHeaders: (reply) => void reply.header('cache-control', 'no-cache'),
  });
  // A page's route data lies in a folder of the same name, so the pages themselves are named one by one.
  for (const name of await readdir(root, { recursive: true })) {
    const file = name.replaceAll(sep, '/');
    const page = file.slice(0, -HTML.length);
    if (file.endsWith(HTML) && page !== 'index') app.get(`/${page}`, (_, reply) => reply.sendFile(file));
  }
}

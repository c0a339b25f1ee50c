import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../config.ts';

/** Says at once that a port cannot be had, before pages are built for nobody. @throws the system's own error. */
export async function checkPort({ host, port }: Config): Promise<void> {
  const probe = createServer().listen({ host, port, exclusive: true });
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}

import { randomUUID } from 'node:crypto';
import { chmod, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ChartUnavailable } from '#ports/charts.ts';

const NAME = 'chart-session.json';
const MINE_ALONE = 0o600;
const FIX = 'log in again: autotrader charts login';

/** What Playwright makes of a browser's cookies and its local storage. */
const Session = z.object({
  cookies: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      domain: z.string(),
      path: z.string(),
      expires: z.number(),
      httpOnly: z.boolean(),
      secure: z.boolean(),
      sameSite: z.enum(['Strict', 'Lax', 'None']),
    }),
  ),
  origins: z.array(
    z.object({
      origin: z.string(),
      localStorage: z.array(z.object({ name: z.string(), value: z.string() })),
    }),
  ),
});
export type Session = z.infer<typeof Session>;

/** A session at the site, in a file that only its owner can read: who has it is signed in. It is never shown. */
export class SessionFile {
  readonly path: string;

  constructor(dataDir: string) {
    this.path = join(dataDir, NAME);
  }

  /** undefined when there is none. @throws ChartUnavailable for one that others can read, or that is none. */
  async read(): Promise<Session | undefined> {
    const found = await stat(this.path).catch(() => undefined);
    if (found === undefined) return undefined;
    if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
      throw new ChartUnavailable(
        'login',
        `Cannot use the session "${this.path}" as nobody but its owner may read it: others can; run "chmod 600" on it`,
      );
    }
    const session = Session.safeParse(jsonOf(await readFile(this.path, 'utf8')));
    if (session.success) return session.data;
    throw new ChartUnavailable(
      'login',
      `Cannot use the session "${this.path}" as it must be one that was saved here: it is not; ${FIX}`,
    );
  }

  /** The file is there whole or not at all. */
  async save(session: Session): Promise<void> {
    const draft = `${this.path}.${randomUUID()}`;
    try {
      const file = await open(draft, 'wx', MINE_ALONE);
      try {
        await file.writeFile(JSON.stringify(session));
        await file.sync();
      } finally {
        await file.close();
      }
      await chmod(draft, MINE_ALONE);
      await rename(draft, this.path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

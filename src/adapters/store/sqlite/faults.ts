import { StoreConflict, StoreUnavailable } from '#ports/store.ts';
import { RowRefused } from '../codec.ts';

/** What SQLite's primary result codes mean for people. @see https://sqlite.org/rescode.html */
const UNAVAILABLE: Readonly<Record<number, { readonly rule: string; readonly fix: string }>> = {
  3: { rule: 'its files must be ours to read and write', fix: 'give this user the right to' },
  5: { rule: 'no other program may be writing to it', fix: 'close that program' },
  8: { rule: 'it must be writable', fix: 'make the file and its directory writable' },
  10: { rule: 'the disk must take and give back what is written', fix: 'check the disk and its free space' },
  11: { rule: 'its file must be whole', fix: 'put a backup in its place' },
  13: { rule: 'the disk must have room', fix: 'free some space and start it again' },
  14: { rule: 'its file must open', fix: 'make its directory, and give this user the right to it' },
  26: { rule: 'its file must be a database', fix: 'move that file away, or put a backup in its place' },
};

const CONSTRAINT = 19;
const UNIQUE_CONSTRAINT = 2067;

/** Says what an error of SQLite means to who uses the store; any other error is given back as it is. */
export function explain(error: unknown, action: string, path: string): unknown {
  const code = resultCode(error);
  if (code === undefined || !(error instanceof Error)) return error;
  const fault = UNAVAILABLE[code & 0xff];
  if (fault !== undefined) {
    const message = `Cannot ${action} as ${fault.rule}: current value is "${path}", ${error.message}; ${fault.fix}`;
    return new StoreUnavailable(message, { cause: error });
  }
  if (code === UNIQUE_CONSTRAINT) {
    return new StoreConflict(`Cannot ${action} as another row has its place: ${error.message}; read it again`, {
      cause: error,
    });
  }
  if ((code & 0xff) === CONSTRAINT) {
    const message = `Cannot ${action} as the schema refuses a row: ${error.message}; correct it where the row is made`;
    return new RowRefused(message, { cause: error });
  }
  return error;
}

/** Whether another connection holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return ((resultCode(error) ?? 0) & 0xff) === 5;
}

function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) : undefined;
}

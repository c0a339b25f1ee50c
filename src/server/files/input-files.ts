import { InputError } from '../errors.ts';

/** Why a file that a person named cannot be read, by Node's error code, and what to do about it. */
const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there must be such a file; check the path',
  ENOTDIR: 'there must be such a file; check the path',
  ENAMETOOLONG: 'there must be such a file; check the path',
  EISDIR: 'it must be a file: it is a directory; name a file in it',
  EACCES: 'this user must have the right to read it; give it',
  EPERM: 'this user must have the right to read it; give it',
};

/** An InputError for a file that is not there or not ours to read; any other error is given back as it is. */
export function unreadable(error: unknown, action: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = UNREADABLE[code];
  return why === undefined ? error : new InputError(`${action} as ${why}`, { cause: error });
}

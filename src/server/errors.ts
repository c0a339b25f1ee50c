/** How a process of ours may end; docs/reference/exit-codes.md says it for people. */
export const EXITS = {
  ok: { code: 0, meaning: 'It did what was asked.' },
  fault: { code: 1, meaning: 'A fault in Autotrader: the message has the stack to report.' },
  input: {
    code: 2,
    meaning:
      'It cannot be done as asked: a command, file or setting, or the machine (disk full, port in use, no right, no network).',
  },
  inUse: { code: 3, meaning: 'Another engine runs on this data directory.' },
  interrupted: { code: 130, meaning: 'Stopped by Ctrl-C (SIGINT).' },
  terminated: { code: 143, meaning: 'Stopped by SIGTERM.' },
} as const;

/** What a person gave cannot be used. The message is one sentence: what could not be done, the rule, the value, the fix. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** The machine does not give what is needed. The message is one sentence, as for an InputError. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** A signal ended what was going on, before there was anything to stop. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly code: number;

  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
    this.code = signal === 'SIGINT' ? EXITS.interrupted.code : EXITS.terminated.code;
  }
}

/** Errors that already say everything, by their name: no room has to be loaded to know them. */
const EXIT_OF: Readonly<Record<string, number>> = {
  InputError: EXITS.input.code,
  BotFileError: EXITS.input.code,
  CandleTextError: EXITS.input.code,
  SeriesUnavailable: EXITS.input.code,
  MarketUnavailable: EXITS.input.code,
  RecordingError: EXITS.input.code,
  ChartUnavailable: EXITS.input.code,
  VenueUnavailable: EXITS.input.code,
  VenueRefused: EXITS.input.code,
  EngineLockHeld: EXITS.inUse.code,
  StoreUnavailable: EXITS.input.code,
  EnvironmentError: EXITS.input.code,
};

/** What the fields of Node's errors tell of a failed system call. */
interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
  readonly address?: string;
  readonly port?: number;
}

const NO_ROOM = ({ path }: SystemError) =>
  `Cannot write ${named(path)} as the disk must have room: it is full; free some space and run it again`;
const NO_RIGHT = ({ path, port }: SystemError) =>
  port === undefined
    ? `Cannot use ${named(path)} as this user must have the right to it; give it, or choose another place`
    : `Cannot listen on port ${port} as this user must have the right to it; set PORT to 1024 or above`;
const NOT_A_DIRECTORY = ({ path }: SystemError) =>
  `Cannot make the directory ${named(path)} as no file may stand in its place; move the file, or choose another place`;
const NAME_TOO_LONG = () =>
  'Cannot use a path as its name must be shorter than the system allows; choose another place';
const TOO_MANY_FILES = () => 'Cannot open another file as this user has as many open as allowed; raise "ulimit -n"';

/** System calls that fail for a reason outside of us. */
const SENTENCE_OF: Readonly<Record<string, (error: SystemError) => string>> = {
  EADDRINUSE: ({ address, port }) =>
    `Cannot listen on ${address}:${port} as one program at a time may use a port; stop the other one, or set PORT`,
  EADDRNOTAVAIL: ({ address }) =>
    `Cannot listen on "${address}" as HOST must be an address of this machine; set it to one, for example 127.0.0.1`,
  ENOSPC: NO_ROOM,
  EDQUOT: NO_ROOM,
  EACCES: NO_RIGHT,
  EPERM: NO_RIGHT,
  EROFS: NO_RIGHT,
  EEXIST: NOT_A_DIRECTORY,
  ENOTDIR: NOT_A_DIRECTORY,
  ENAMETOOLONG: NAME_TOO_LONG,
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
};

/** How to end, and what to say; nothing when the message is empty. */
export interface Ending {
  readonly code: number;
  readonly message: string;
}

/** The one place that knows what an error means for the process. */
export function endingOf(error: unknown): Ending {
  if (!(error instanceof Error)) return fault(`${error}`);
  if (error instanceof Stopped) return { code: error.code, message: '' };
  const known = EXIT_OF[error.name];
  if (known !== undefined) return { code: known, message: error.message };
  if (error.name === 'CommanderError') return commandEnding(error);
  if (!isSystemError(error)) return fault(error.stack ?? error.message);
  // Who reads our output has gone, as `head` does when it has enough.
  if (error.code === 'EPIPE') return { code: EXITS.ok.code, message: '' };
  const sentence = SENTENCE_OF[error.code];
  return sentence ? { code: EXITS.input.code, message: sentence(error) } : fault(error.stack ?? error.message);
}

/** Commander's own errors: it has already printed help and version, and says the rest as "error: …". */
function commandEnding(error: Error & { readonly code?: unknown; readonly exitCode?: unknown }): Ending {
  if (error.exitCode === 0) return { code: EXITS.ok.code, message: '' };
  if (error.code === 'commander.help') return { code: EXITS.input.code, message: '' };
  const problem = error.message.replace(/^error: |\.$/g, '').replace(/\n/g, ' ');
  return { code: EXITS.input.code, message: `Cannot run: ${problem}; add --help to see what there is` };
}

function fault(details: string): Ending {
  return {
    code: EXITS.fault.code,
    message: `This is a fault in Autotrader: please report it with these lines.\n${details}`,
  };
}

function isSystemError(error: Error): error is SystemError {
  return 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}

function named(path: string | undefined): string {
  return path === undefined ? 'the output' : `"${path}"`;
}

import { EXITS, Stopped } from '../errors.ts';

/** What Ctrl-C and SIGTERM ask for from now on: the first one to stop, a second one to end the process at once. */
export class StopSignal {
  private readonly controller = new AbortController();
  private readonly onSignal = (signal: NodeJS.Signals) => {
    if (this.controller.signal.aborted) process.exit(EXITS.fault.code);
    this.controller.abort(new Stopped(signal));
  };

  constructor() {
    process.on('SIGINT', this.onSignal).on('SIGTERM', this.onSignal);
  }

  /** Fires with a Stopped. */
  get abort(): AbortSignal {
    return this.controller.signal;
  }

  /** As if nobody had listened. */
  forget(): void {
    process.off('SIGINT', this.onSignal).off('SIGTERM', this.onSignal);
  }
}

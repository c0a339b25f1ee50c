import type { Chance } from '#core/random.ts';
import type { ChartChoice } from './shown-chart.ts';

/** Someone who signed in. */
export interface Session {
  readonly id: string;
  /** Goes with the id in a cookie of its own; both are needed. */
  readonly signature: string;
  readonly user: string;
}

/** Who is signed in, and what each browser was shown last. */
export class Sessions {
  private readonly chance: Chance;
  private readonly open = new Map<string, Session>();
  private readonly shown = new Map<string, ChartChoice>();

  constructor(chance: Chance) {
    this.chance = chance;
  }

  begin(user: string): Session {
    const session = { id: this.secret(), signature: this.secret(), user };
    this.open.set(session.id, session);
    return session;
  }

  /** @param cookies As a browser sends them. */
  find(cookies: ReadonlyMap<string, string>): Session | undefined {
    const session = this.open.get(cookies.get('sessionid') ?? '');
    return session?.signature === cookies.get('sessionid_sign') ? session : undefined;
  }

  /** Ends all of them. */
  end(): void {
    this.open.clear();
  }

  /** What was shown before, when it was something else; this is shown from now on. */
  replace(session: Session | undefined, choice: ChartChoice): ChartChoice | undefined {
    const key = session?.id ?? '';
    const before = this.shown.get(key);
    this.shown.set(key, choice);
    return before;
  }

  private secret(): string {
    return Array.from({ length: 4 }, () => Math.floor(this.chance.next() * 2 ** 32).toString(36)).join('');
  }
}

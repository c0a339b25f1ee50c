import { onTestFinished } from 'vitest';
import type { Broker } from '#adapters/venues/broker.ts';
import type { FillReport, FundingReport, OrderReport } from '#ports/venue.ts';

/** What the stream told, and a way to wait for what it is going to tell. */
export class Heard {
  readonly orders: OrderReport[] = [];
  readonly fills: FillReport[] = [];
  readonly funding: FundingReport[] = [];
  gaps = 0;
  private wake: () => void = () => undefined;

  async listen(broker: Broker): Promise<AbortController> {
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    await broker.stream(
      {
        onOrder: (report) => this.took(() => this.orders.push(report)),
        onFill: (fill) => this.took(() => this.fills.push(fill)),
        onFunding: (payment) => this.took(() => this.funding.push(payment)),
        onGap: () =>
          this.took(() => {
            this.gaps += 1;
          }),
      },
      abort.signal,
    );
    return abort;
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.wake = resolve;
      await promise;
    }
  }

  private took(take: () => void): void {
    take();
    this.wake();
  }
}

import type { Metadata } from 'next';
import { BotsPage } from '../../bots/bots-page.tsx';

export const metadata: Metadata = { title: 'Bots · Autotrader' };

export default function Page() {
  return <BotsPage />;
}

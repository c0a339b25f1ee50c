import type { Metadata } from 'next';
import { EditPage } from '../../../bots/edit-page.tsx';

export const metadata: Metadata = { title: 'Bot · Autotrader' };

export default function Page() {
  return <EditPage />;
}

import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { FeedProvider } from '../feed.tsx';
import { Shell } from '../shell/shell.tsx';
import './globals.css';

export const metadata: Metadata = { title: 'Live · Autotrader', description: 'A self-hosted trading platform.' };
export const viewport: Viewport = { colorScheme: 'dark light', viewportFit: 'cover' };

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en" data-theme="dark" suppressHydrationWarning>
      <head>
        <script src="/display.js" />
      </head>
      <body>
        <FeedProvider>
          <Shell>{children}</Shell>
        </FeedProvider>
      </body>
    </html>
  );
}

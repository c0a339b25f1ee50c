import Link from 'next/link';
import { BotList } from './bot-list.tsx';
import { EngineFoot } from './engine-foot.tsx';
import { Logo } from './logo.tsx';
import { PageLink } from './page-link.tsx';
import { isHere, PAGES, TABS } from './pages.ts';

export function Nav({ path }: { readonly path: string }) {
  return (
    <nav className="nav" aria-label="Main">
      <Link className="brand" href="/live">
        <Logo />
        <span>Autotrader</span>
      </Link>
      <ul>
        {PAGES.map((page) => (
          <li key={page.name}>
            <PageLink page={page} here={isHere(page, path)} className="item" />
          </li>
        ))}
      </ul>
      <BotList />
      <EngineFoot />
    </nav>
  );
}

export function TabBar({ path }: { readonly path: string }) {
  return (
    <nav className="tab-bar" aria-label="Main">
      {TABS.map((page) => (
        <PageLink key={page.name} page={page} here={isHere(page, path)} />
      ))}
    </nav>
  );
}

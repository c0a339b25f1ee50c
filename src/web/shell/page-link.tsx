import Link from 'next/link';
import type { Page } from './pages.ts';

interface PageLinkProps {
  readonly page: Page;
  readonly here: boolean;
  readonly className?: string;
}

export function PageLink({ page, here, className }: PageLinkProps) {
  const Icon = page.icon;
  const content = (
    <>
      <Icon aria-hidden="true" />
      <span>{page.name}</span>
    </>
  );
  if (page.path === null) {
    return (
      <button type="button" className={className} aria-disabled="true" title="comes later">
        {content}
      </button>
    );
  }
  return (
    <Link href={page.path} className={className} aria-current={here ? 'page' : undefined}>
      {content}
    </Link>
  );
}

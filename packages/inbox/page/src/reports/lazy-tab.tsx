import { type ComponentType, type LazyExoticComponent, lazy, type ReactElement, type ReactNode, Suspense } from 'react';
import { Empty } from '../shared/empty.tsx';

/** A tab whose code is read when it is first opened: the stream, which most come for, does not wait for it. */
export function lazyTab(load: () => Promise<ComponentType>): LazyExoticComponent<ComponentType> {
  return lazy(async () => ({ default: await load().catch(() => NotLoaded) }));
}

/** Around a lazy tab. */
export function Reading({ children }: { readonly children: ReactNode }): ReactElement {
  return <Suspense fallback={<p className="loading sheet">Reading …</p>}>{children}</Suspense>;
}

function NotLoaded(): ReactElement {
  return (
    <Empty title="The code of this tab could not be read">
      <p>The inbox may be down, or newer than this page. Reload the page.</p>
    </Empty>
  );
}

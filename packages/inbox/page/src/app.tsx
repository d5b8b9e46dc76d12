import { type ReactElement, useEffect } from 'react';
import { Header } from './header.tsx';
import { usePlace } from './shared/location.ts';
import { TABS } from './tabs.ts';

/** The bar with the tabs, and the tab that the address names. */
export function App(): ReactElement {
  const { path } = usePlace();
  const tab = TABS.find((each) => each.path === path) ?? TABS[0];
  const label = tab?.label;
  useEffect(() => {
    document.title = label === undefined || label === 'Live' ? 'Inbox' : `${label} - Inbox`;
  }, [label]);
  return (
    <>
      <Header />
      <main>{tab && <tab.Content key={tab.path} />}</main>
    </>
  );
}

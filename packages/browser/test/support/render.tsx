import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { vi } from 'vitest';

const roots: Root[] = [];

/** Renders into the page and waits until React is done; what React says of caught errors is silenced. */
export async function render(node: ReactNode): Promise<HTMLElement> {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const container = document.body.appendChild(document.createElement('div'));
  const root = createRoot(container);
  roots.push(root);
  await act(async () => root.render(node));
  return container;
}

/** Clicks the only button and waits until React is done. */
export async function clickButton(container: HTMLElement): Promise<void> {
  await act(async () => container.querySelector('button')?.click());
}

/** Unmounts everything; to be called after each test. */
export async function unmountAll(): Promise<void> {
  for (const root of roots.splice(0)) await act(async () => root.unmount());
}

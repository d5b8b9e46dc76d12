import { afterEach, expect, it, vi } from 'vitest';
import { ConsentProvider, useConsent } from '../../src/index.ts';
import { clickButton, render, unmountAll } from '../support/render.tsx';

afterEach(async () => {
  await unmountAll();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  localStorage.clear();
});

function Banner() {
  const { analytics, setConsent } = useConsent();
  return (
    <button type="button" onClick={() => setConsent({ analytics: false })}>
      {analytics}
    </button>
  );
}

it('gives the answers in force and follows a change', async () => {
  const container = await render(
    <ConsentProvider>
      <Banner />
    </ConsentProvider>,
  );
  expect(container.textContent).toBe('granted');
  await clickButton(container);
  expect(container.textContent).toBe('denied');
});

it('is asked for by name when the hook is used outside it', async () => {
  await expect(render(<Banner />)).rejects.toThrow('useConsent needs a <ConsentProvider> above it');
});

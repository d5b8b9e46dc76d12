import { StrictMode } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import type { ErrorFallbackProps } from '../../src/index.ts';
import { closeTestPage, openTestPage } from '../support/page.ts';
import { clickButton, render, unmountAll } from '../support/render.tsx';

afterEach(async () => {
  await unmountAll();
  await closeTestPage();
});

let thrown: unknown;
function Broken() {
  if (thrown !== undefined) throw thrown;
  return <p>all is well</p>;
}

function Fallback({ errorId, resetError }: ErrorFallbackProps) {
  return (
    <button type="button" onClick={resetError}>
      {errorId ?? 'no id'}
    </button>
  );
}

it.each([
  ['an Error', new Error('while rendering')],
  ['a string', 'just a text'],
])('%s that is thrown while rendering is reported once, under the id that is shown', async (_, value) => {
  thrown = value;
  const page = await openTestPage();
  page.initSentry();
  const container = await render(
    <StrictMode>
      <page.SentryErrorBoundary fallback={Fallback}>
        <Broken />
      </page.SentryErrorBoundary>
    </StrictMode>,
  );
  const shown = container.textContent;
  expect(shown).toMatch(/^[0-9a-f]{32}$/);
  page.captureException(new Error('last'));
  await vi.waitFor(() => expect(page.events().at(-1)?.exception.values[0].value).toBe('last'), 10_000);
  expect(page.events()).toHaveLength(2);
  expect(page.events()[0]).toMatchObject({
    event_id: shown,
    contexts: { react: { componentStack: expect.any(String) } },
  });
});

it('resetError shows the children again', async () => {
  thrown = new Error('for a moment');
  const page = await openTestPage();
  page.initSentry();
  const container = await render(
    <page.SentryErrorBoundary fallback={Fallback}>
      <Broken />
    </page.SentryErrorBoundary>,
  );
  thrown = undefined;
  await clickButton(container);
  expect(container.textContent).toBe('all is well');
});

it('shows no id that nobody could look up when error tracking is off', async () => {
  thrown = new Error('unheard');
  const page = await openTestPage({ VITE_SENTRY_DSN: '' });
  page.initSentry();
  const container = await render(
    <page.SentryErrorBoundary fallback={Fallback}>
      <Broken />
    </page.SentryErrorBoundary>,
  );
  expect(container.textContent).toBe('no id');
});

it('has a fallback of its own that says nothing of the error', async () => {
  thrown = new Error('internal detail');
  const page = await openTestPage();
  page.initSentry();
  const container = await render(
    <page.SentryErrorBoundary>
      <Broken />
    </page.SentryErrorBoundary>,
  );
  expect(container.textContent).toMatch(/Something went wrong.*[0-9a-f]{32}.*Try again/);
  expect(container.textContent).not.toContain('internal detail');
});

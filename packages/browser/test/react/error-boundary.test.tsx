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

it.each([
  ['an Error', () => new Error('again and again')],
  ['a text', () => 'again and again'],
])('shows only ids that are stored, however often %s comes back after "try again"', async (_, make) => {
  const page = await openTestPage();
  page.initSentry();
  thrown = make();
  const container = await render(
    <page.SentryErrorBoundary fallback={Fallback}>
      <Broken />
    </page.SentryErrorBoundary>,
  );
  const shown = [container.textContent];
  for (let attempt = 0; attempt < 4; attempt++) {
    thrown = make();
    await clickButton(container);
    shown.push(container.textContent);
  }
  page.captureException(new Error('last'));
  await vi.waitFor(() => expect(page.events().at(-1)?.exception.values[0].value).toBe('last'), 10_000);
  const stored = page.events().map(({ event_id }) => event_id);
  expect(shown.every((id) => /^[0-9a-f]{32}$/.test(id ?? ''))).toBe(true);
  expect(shown.filter((id) => !stored.includes(id))).toEqual([]);
});

it('shows no id beyond the errors that a page reports', async () => {
  const page = await openTestPage();
  page.initSentry();
  for (let number = 0; number < 30; number++) page.captureException(new Error(`failure ${number}`));
  thrown = new Error('one too many');
  const container = await render(
    <page.SentryErrorBoundary fallback={Fallback}>
      <Broken />
    </page.SentryErrorBoundary>,
  );
  expect(container.textContent).toBe('no id');
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

import { act } from 'react';
import { Outlet, type RouteObject, RouterProvider } from 'react-router';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { routePattern } from '../../src/react/router.tsx';
import { closeTestPage, mixpanelSent, openTestPage, type Page } from '../support/page.ts';
import { clickButton, render, unmountAll } from '../support/render.tsx';

afterEach(async () => {
  await unmountAll();
  await closeTestPage();
});

it.each([
  [['/', 'qr', ':qrId'], '/qr/:qrId'],
  [[undefined, '/dashboard'], '/dashboard'],
  [[], '/'],
])('joins the paths %j', (paths, expected) => {
  expect(routePattern(paths)).toBe(expected);
});

let brokenPage: Error | undefined;
function Fragile() {
  if (brokenPage) throw brokenPage;
  return <p>fragile but whole</p>;
}

const routes: RouteObject[] = [
  {
    path: '/',
    element: <Outlet />,
    children: [
      { index: true, element: <p>home</p> },
      { path: 'qr/:qrId', element: <p>one code</p> },
      { path: '/absolute/:id', element: <p>absolute</p> },
      { path: 'fragile', element: <Fragile /> },
      {
        path: 'loader',
        element: <p>loaded</p>,
        loader: () => {
          throw new Error('loader failed');
        },
      },
      {
        path: 'gone',
        loader: () => {
          throw new Response('gone', { status: 404 });
        },
      },
      {
        path: 'things/:id',
        loader: () => {
          throw new Response('private detail', { status: 502 });
        },
      },
      { path: 'own', element: <Fragile />, ErrorBoundary: () => <p>own boundary</p> },
    ],
  },
];

async function show(page: Page, path = '/') {
  history.replaceState(null, '', path);
  const router = page.createSentryRouter(routes, {
    fallback: ({ errorId, resetError }) => (
      <button type="button" onClick={resetError}>
        {errorId ?? 'no id'}
      </button>
    ),
  });
  const container = await render(<RouterProvider router={router} />);
  return { router, container, go: (to: string) => act(() => router.navigate(to)) };
}

async function eventsUntilLast(page: Page) {
  page.captureException(new Error('last'));
  await vi.waitFor(() => expect(page.events().at(-1)?.exception.values[0].value).toBe('last'), 10_000);
  return page.events().slice(0, -1);
}

describe('an error', () => {
  it('of a route is reported once and shown by its id, not by its message', async () => {
    brokenPage = new Error('raw message');
    const page = await openTestPage();
    page.initSentry();
    const { container } = await show(page, '/fragile');
    expect(container.textContent).toMatch(/^[0-9a-f]{32}$/);
    const events = await eventsUntilLast(page);
    expect(events.map(({ event_id }) => event_id)).toEqual([container.textContent]);
    expect(events[0].exception.values[0].value).toBe('raw message');
  });

  it('that is a response of a loader is reported by its status and the pattern of the address', async () => {
    const page = await openTestPage();
    page.initSentry();
    const { container } = await show(page, '/things/42?token=x');
    expect(container.textContent).toMatch(/^[0-9a-f]{32}$/);
    const events = await eventsUntilLast(page);
    expect(events.map(({ event_id }) => event_id)).toEqual([container.textContent]);
    expect(events[0].exception.values).toMatchObject([{ type: 'Response', value: '502 GET /things/:id' }]);
    expect(JSON.stringify(events)).not.toContain('private detail');
  });

  it('of a route goes away with resetError', async () => {
    brokenPage = new Error('for a moment');
    const page = await openTestPage();
    page.initSentry();
    const { container } = await show(page, '/fragile');
    brokenPage = undefined;
    await clickButton(container);
    expect(container.textContent).toBe('fragile but whole');
  });

  it('of a loader is reported', async () => {
    const page = await openTestPage();
    page.initSentry();
    const { container, go } = await show(page);
    await go('/loader');
    const events = await eventsUntilLast(page);
    expect(events).toMatchObject([{ event_id: container.textContent, transaction: '/loader' }]);
  });

  it('that is an answer, such as 404, is shown but not reported', async () => {
    const page = await openTestPage();
    page.initSentry();
    const { container } = await show(page, '/gone');
    await vi.waitFor(() => expect(container.textContent).toBe('no id'));
    expect(await eventsUntilLast(page)).toEqual([]);
  });

  it('is reported from a route with a boundary of its own too', async () => {
    brokenPage = new Error('in own');
    const page = await openTestPage();
    page.initSentry();
    const { container } = await show(page, '/own');
    expect(container.textContent).toBe('own boundary');
    expect((await eventsUntilLast(page)).map((event) => event.exception.values[0].value)).toEqual(['in own']);
  });
});

describe('pages', () => {
  const sentPages = async (page: Page, count: number) =>
    (await mixpanelSent(page, '/o/t/', count))
      .sort((a, b) => a.properties.time - b.properties.time)
      .map(({ properties }) => properties.page);

  it('are counted once each, by route pattern', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const page = await openTestPage();
    page.initMixpanel();
    const { go } = await show(page);
    await go('/qr/4711');
    await go('/qr/4711?tab=2');
    await go('/absolute/9');
    await vi.advanceTimersByTimeAsync(2000);
    expect(await sentPages(page, 3)).toEqual(['/', '/qr/:qrId', '/absolute/:id']);
  });

  it('are counted under the name that the page gives, which replaces the automatic one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const page = await openTestPage();
    page.initMixpanel();
    const { go } = await show(page);
    page.trackPageView('Home');
    page.trackPageView('Home');
    await go('/qr/4711');
    await vi.advanceTimersByTimeAsync(2000);
    expect(await sentPages(page, 2)).toEqual(['Home', '/qr/:qrId']);
  });

  it('that only lead on to another are not counted', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const page = await openTestPage();
    page.initMixpanel();
    const { router } = await show(page);
    await act(() => router.navigate('/qr/4711', { replace: true }));
    await vi.advanceTimersByTimeAsync(2000);
    expect(await sentPages(page, 1)).toEqual(['/qr/:qrId']);
  });

  it('are counted with the trace that they were opened with', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const page = await openTestPage();
    page.initSentry();
    page.initMixpanel();
    const { go } = await show(page);
    page.captureException(new Error('loads the SDK'));
    await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
    await go('/qr/4711');
    await go('/absolute/9');
    await vi.advanceTimersByTimeAsync(2000);
    const views = await mixpanelSent(page, '/o/t/', 3);
    expect(new Set(views.map(({ properties }) => properties.trace_id)).size).toBe(3);
  });

  it('say where a visitor came from, without the query, on the first page only', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    vi.spyOn(document, 'referrer', 'get').mockReturnValue('https://news.example/story?reader=ada');
    const page = await openTestPage();
    page.initMixpanel();
    const { go } = await show(page);
    await go('/qr/4711');
    await vi.advanceTimersByTimeAsync(2000);
    const views = await mixpanelSent(page, '/o/t/', 2);
    expect(views.map(({ properties }) => properties.referrer)).toEqual(['https://news.example/story', undefined]);
  });

  it('are traced by route pattern: one page load, then navigations, each with a trace of its own', async () => {
    const page = await openTestPage();
    page.initSentry();
    const { go } = await show(page);
    const first = page.captureException(new Error('on the first page'));
    await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
    await go('/qr/4711?x=1');
    await go('/absolute/9');
    dispatchEvent(new Event('pagehide'));
    const segments = () => page.spans().filter(({ is_segment }) => is_segment);
    await vi.waitFor(() => expect(segments().length).toBeGreaterThanOrEqual(3), 10_000);
    expect(segments().map(({ name, attributes }) => [attributes['sentry.op'].value, name])).toEqual([
      ['pageload', '/'],
      ['navigation', '/qr/:qrId'],
      ['navigation', '/absolute/:id'],
    ]);
    expect(new Set(segments().map(({ trace_id }) => trace_id)).size).toBe(3);
    expect(segments().map(({ attributes }) => attributes['service.name'].value)).toEqual(['web', 'web', 'web']);
    const event = page.events().find(({ event_id }) => event_id === first);
    expect(event.contexts.trace.trace_id).toBe(segments()[0].trace_id);
    expect(JSON.stringify(page.spans())).not.toContain('x=1');
  });
});

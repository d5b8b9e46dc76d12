import { routePattern } from '@qr/telemetry/privacy';
import type { createBrowserRouter } from 'react-router';
import { whenLeft } from '../eager/leaving.ts';
import { holdPageView, releasePageView } from '../eager/page-views.ts';
import { sendToSentry } from '../eager/sentry-lane.ts';

type Router = ReturnType<typeof createBrowserRouter>;
type RouterState = Router['state'];

/** Tells both vendors of every page: the first is the page load, each change of path a navigation. */
export function followPages(router: Router): void {
  let shownPath: string | undefined;
  let startedAtMs: number | undefined;

  const follow = (state: RouterState) => {
    if (state.navigation.state === 'loading') startedAtMs ??= Date.now();
    if (!state.initialized || state.navigation.state !== 'idle') return;
    const started = startedAtMs ?? Date.now();
    startedAtMs = undefined;
    if (state.location.pathname === shownPath) return;
    const isFirst = shownPath === undefined;
    sendToSentry({
      kind: 'page',
      pattern: patternOf(state),
      url: location.origin + location.pathname,
      startedAtMs: isFirst ? undefined : started,
    });
    countPage(state, isFirst);
    shownPath = state.location.pathname;
  };

  whenLeft(releasePageView);
  follow(router.state);
  // Before React draws the page, so that what the page fetches belongs to its trace.
  router.subscribe(follow);
}

function countPage(state: RouterState, isFirst: boolean): void {
  const referrer = isFirst ? foreignReferrer() : undefined;
  const view = { page: patternOf(state), ...(referrer !== undefined && { referrer }) };
  holdPageView(view, !isFirst && state.historyAction === 'REPLACE');
}

/** The pattern of the matched routes; a route whose path is absolute starts afresh. */
function patternOf({ matches }: RouterState): string {
  const paths = matches.map(({ route }) => route.path);
  const absolute = paths.findLastIndex((path) => path?.startsWith('/'));
  return routePattern(absolute === -1 ? paths : paths.slice(absolute));
}

/** Where the visitor came from, unless it is a page of our own, whose path may hold ids. */
function foreignReferrer(): string | undefined {
  const { referrer } = document;
  return referrer === '' || referrer.startsWith(`${location.origin}/`) ? undefined : referrer;
}

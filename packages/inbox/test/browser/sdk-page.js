// Bundled by a test and run in a real browser: both official SDKs, as an application would use them.
import * as Sentry from '@sentry/react';
import mixpanel from 'mixpanel-browser';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

const { dsn, token, apiHost, format } = window.settings;

Sentry.init({
  dsn,
  release: 'shop@1.2.3',
  tracesSampleRate: 1,
  replaysSessionSampleRate: 0,
  replaysOnErrorSampleRate: 1,
  enableLogs: true,
  integrations: [Sentry.browserTracingIntegration(), Sentry.replayIntegration()],
});
Sentry.setUser({ id: 'user-1' });
Sentry.addBreadcrumb({ category: 'shop', message: 'cart opened' });
Sentry.logger.info('page opened');
Sentry.metrics.count('views', 1);

function Cart() {
  throw new RangeError('too many items');
}

createRoot(document.getElementById('root')).render(
  createElement(
    Sentry.ErrorBoundary,
    { fallback: createElement('p', { id: 'broken' }, 'broken') },
    createElement(Cart),
  ),
);
Sentry.captureFeedback({ message: 'I like it', name: 'Ann' });

mixpanel.init(token, {
  api_host: apiHost,
  api_payload_format: format,
  batch_flush_interval_ms: 200,
  persistence: 'localStorage',
});
mixpanel.track('page_viewed', { path: '/cart', note: 'Žluťoučký + kůň' });
mixpanel.identify('user-1');
mixpanel.track('login');
mixpanel.people.set({ plan: 'pro' });
mixpanel.people.increment('logins', 2);
// The SDK batches each operation apart and sends them in any order.
mixpanel.people.append('carts', 'a');
mixpanel.people.union({ tags: ['a', 'b', 'a'] });
mixpanel.people.remove('nothing', 'a');
mixpanel.get_group('company', 'acme').set({ seats: 3 });
mixpanel.track_with_groups('invited', { count: 1 }, { company: 'acme' });

/** Resolves once the SDK has sent all that it is going to send. */
window.captureAgain = () => {
  Sentry.captureException(new Error('captured again'));
  return Sentry.flush(5000);
};
window.ready = true;

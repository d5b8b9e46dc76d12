// Run by a test, as a process of its own: the SDK hooks into the whole process.
import * as Sentry from '@sentry/node';

Sentry.init({
  dsn: process.env.SENTRY_DSN,
  serverName: 'qr-service',
  tracesSampleRate: 1,
  traceLifecycle: process.env.TRACE_LIFECYCLE,
  // What is dropped here is to be reported as lost, not sent.
  beforeSend: (event) => (event.message === 'unwanted' ? null : event),
  initialScope: { tags: { service: 'qr-service' } },
});

function failToPublish() {
  throw new RangeError('too many pages');
}

Sentry.startSpan({ name: 'publish', op: 'job' }, () => {
  Sentry.setUser({ id: 'user-1' });
  Sentry.addBreadcrumb({ category: 'track', message: 'microsite_created' });
  Sentry.startSpan({ name: 'render', op: 'template' }, () => undefined);
  Sentry.logger.info('publishing');
  Sentry.metrics.count('pages', 3);
  try {
    failToPublish();
  } catch (error) {
    Sentry.captureException(error);
  }
});
Sentry.captureMessage('x'.repeat(40_000), 'warning');
Sentry.captureMessage('unwanted');
Sentry.captureCheckIn({ monitorSlug: 'clean-up', status: 'ok' });
Sentry.captureFeedback({ message: 'I like it', name: 'Ann' });
// Not closed: the SDK reports its own losses when the process is about to end.
await Sentry.flush(5000);

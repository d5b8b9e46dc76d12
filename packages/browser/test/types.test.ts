import { expectTypeOf, it } from 'vitest';
import {
  captureException,
  type ErrorFallbackProps,
  identifyUser,
  type trackEvent as TrackEvent,
  type trackPageView as TrackPageView,
} from '../src/index.ts';

declare const trackEvent: typeof TrackEvent;
declare const trackPageView: typeof TrackPageView;

it('the plan decides which events and properties compile', () => {
  // Never called: only the compiler reads it.
  const calls = () => {
    trackEvent('dashboard_viewed');
    trackEvent('dashboard_viewed', { total_qrs: 3 });
    trackEvent('qr_creation_failed', { reason: 'network' });
    trackPageView('Home', { referrer: 'https://search.example' });
    // @ts-expect-error an event of the server only
    trackEvent('signup_completed', { signup_method: 'email', plan: 'free' });
    // @ts-expect-error no such event
    trackEvent('button_clicked');
    // @ts-expect-error the reason is required
    trackEvent('qr_creation_failed');
    // @ts-expect-error a closed list
    trackEvent('qr_creation_failed', { reason: 'the password hunter2 was wrong' });
    // @ts-expect-error no such property
    trackEvent('dashboard_viewed', { mood: 'fine' });
    // @ts-expect-error an address cannot be hashed in a browser
    identifyUser('u1', { $email: 'ada@example.com' });
  };
  expectTypeOf(calls).toBeFunction();
});

it('an error id may be missing, and what was thrown may be anything', () => {
  expectTypeOf(captureException).returns.toEqualTypeOf<string | undefined>();
  expectTypeOf<ErrorFallbackProps['error']>().toBeUnknown();
});

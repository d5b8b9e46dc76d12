import { expectTypeOf, it } from 'vitest';
import { identifyUser, trackEvent, trackRevenue } from '../../src/index.ts';

// Compiled by `npm run typecheck`: a line that should not compile and does is an error there.
it('a wrong name, property or value does not compile', () => {
  const calls = () => {
    trackEvent('dashboard_viewed', 'u1');
    trackEvent('qr_created', 'u1', { qr_id: 'q1', qr_type: 'url' });
    trackEvent('signup_completed', 'u1', { email: 'a@b.co', signup_method: 'email', plan: 'free' });
    // @ts-expect-error no such event
    trackEvent('qr_create', 'u1', { qr_id: 'q1' });
    // @ts-expect-error no such property
    trackEvent('qr_created', 'u1', { qr_id: 'q1', colour: 'red' });
    // @ts-expect-error no such value
    trackEvent('qr_created', 'u1', { qr_id: 'q1', qr_type: 'fax' });
    // @ts-expect-error a required property is missing
    trackEvent('qr_created', 'u1', {});
    // @ts-expect-error the properties are required
    trackEvent('qr_created', 'u1');
    // @ts-expect-error the browser alone sends it
    trackEvent('page_viewed', 'u1', { page: '/' });
    // @ts-expect-error no such profile property
    identifyUser('u1', { street: 'Elm Street' });
    // @ts-expect-error the amount is a number
    trackRevenue('u1', '5');
  };
  expectTypeOf(calls).toBeFunction();
  expectTypeOf(trackEvent<'logout'>).returns.toBeVoid();
});

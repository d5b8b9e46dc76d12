import * as common from '@qr/common';
import { attributesOf, contextOf, type Plant, textOf } from './contents.ts';
import type { Planted } from './secrets.ts';

/** Properties of a careless caller of analytics: the id is what must arrive. */
const properties = (planted: Planted) =>
  ({
    qr_id: planted.control,
    password: planted.keyed,
    customer: planted.words,
    email: planted.email,
    note: textOf(planted),
    nested: contextOf(planted),
    [planted.email]: true,
  }) as never;
const profile = (planted: Planted) =>
  ({
    ...attributesOf(planted),
    $email: planted.email,
    $name: planted.words,
    $phone: planted.words,
    $created: '2026-01-01T00:00:00.000Z',
    plan: 'pro',
    [planted.email]: planted.words,
  }) as never;
const userOf = (planted: Planted) => `user-of-${planted.control}`;

/** How each function of `@qr/common` is called that takes anything from its caller and sends it. */
export const commonCalls: Readonly<Record<string, Plant>> = {
  addBreadcrumb: (planted) => {
    common.addBreadcrumb(textOf(planted), contextOf(planted));
    common.captureException(new Error('a carrier of breadcrumbs'));
  },
  captureException: (planted) =>
    common.captureException(
      Object.assign(new Error(textOf(planted), { cause: new Error(textOf(planted)) }), contextOf(planted)),
      contextOf(planted),
    ),
  captureMessage: (planted) => common.captureMessage(textOf(planted), 'error', contextOf(planted)),
  getMixpanel: (planted) => {
    const client = common.getMixpanel();
    client?.track('qr_created', { distinct_id: userOf(planted), ...(properties(planted) as object) });
    client?.people.set(userOf(planted), profile(planted));
    client?.people.append(userOf(planted), 'notes', planted.words);
    client?.groups.set('company', `company-of-${planted.control}`, profile(planted));
  },
  identifyUser: (planted) => common.identifyUser(userOf(planted), profile(planted), { anonymousId: '$device:canary' }),
  mixpanel: (planted) => {
    common.mixpanel?.track('qr_created', { distinct_id: userOf(planted), ...(properties(planted) as object) });
    common.mixpanel?.track_batch([
      { event: 'qr_created', properties: { distinct_id: userOf(planted), ...(properties(planted) as object) } },
    ]);
    common.mixpanel?.import('qr_created', Math.floor(Date.now() / 1000), {
      distinct_id: userOf(planted),
      ...(properties(planted) as object),
    });
    common.mixpanel?.track(planted.email, { distinct_id: userOf(planted) });
  },
  setUserContext: (planted) => {
    common.setUserContext({ id: userOf(planted), email: planted.email, username: planted.words });
    common.captureException(new Error('a carrier of a user'));
  },
  trackEvent: (planted) => {
    common.trackEvent('qr_created', userOf(planted), properties(planted));
    common.trackEvent(planted.email as never, userOf(planted), properties(planted));
  },
  trackRevenue: (planted) =>
    common.trackRevenue(userOf(planted), 1, { currency: 'EUR', ...(properties(planted) as object) } as never),
  withJobContext: (planted) =>
    common.withJobContext({ name: textOf(planted), ...contextOf(planted) }, () =>
      common.captureException(new Error(textOf(planted)), contextOf(planted)),
    ),
  withMonitor: (planted) =>
    common.withMonitor(`canary-${planted.control}`, () => common.captureMessage(textOf(planted), 'error'), {
      schedule: { type: 'crontab', value: '* * * * *' },
      owner: planted.email,
    } as never),
};

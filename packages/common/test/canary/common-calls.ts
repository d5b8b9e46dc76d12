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
/** Ids as careless callers choose them. */
const idsOf = (planted: Planted) => [userOf(planted), planted.email, `$device:${planted.email}`];

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
    for (const id of idsOf(planted)) client?.people.set(id, profile(planted));
    client?.people.append(userOf(planted), 'notes', planted.words);
    client?.groups.set('company', `company-of-${planted.control}`, profile(planted));
    client?.groups.set('company', planted.email, profile(planted));
    client?.alias(userOf(planted), planted.email);
  },
  identifyUser: (planted) => {
    for (const id of idsOf(planted)) common.identifyUser(id, profile(planted), { anonymousId: '$device:canary' });
    common.identifyUser(userOf(planted), {}, { anonymousId: planted.email });
  },
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
    for (const id of idsOf(planted).reverse()) {
      common.setUserContext({ id, email: planted.email, username: planted.words });
      common.captureException(new Error('a carrier of a user'), { userId: id });
    }
  },
  trackEvent: (planted) => {
    for (const id of idsOf(planted)) common.trackEvent('qr_created', id, properties(planted));
    common.trackEvent(planted.email as never, userOf(planted), properties(planted));
  },
  trackRevenue: (planted) => {
    for (const id of idsOf(planted))
      common.trackRevenue(id, 1, { currency: 'EUR', ...(properties(planted) as object) } as never);
  },
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

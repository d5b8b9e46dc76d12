import type { Mixpanel } from 'mixpanel';
import {
  addBreadcrumb,
  captureException,
  captureMessage,
  getMixpanel,
  identifyUser,
  Sentry,
  setUserContext,
  trackEvent,
  trackRevenue,
  withJobContext,
} from '../../src/index.ts';
import type { Server } from '../../src/server.ts';

/** Passes an address to one function as the id of a user, a device, a group or a thing. */
export type Surface = (address: string) => unknown;

const client = (): Mixpanel => getMixpanel() as Mixpanel;
const qr = { qr_id: 'q1', qr_type: 'url', is_first_qr: false, has_custom_logo: false } as const;
/** Acts in a scope and a span of its own, and reports an error that carries what is in the scope. */
const inScope = (act: () => void) =>
  Sentry.withIsolationScope(() =>
    Sentry.startNewTrace(() =>
      Sentry.startSpan({ name: 'surface', op: 'task' }, () => {
        act();
        captureException(new Error('a carrier of the scope'));
      }),
    ),
  );
const inJob = (act: () => void) =>
  withJobContext({ name: 'job' }, () => {
    act();
    captureException(new Error('an error of a job'));
  });

/** Functions of `@qr/common` and of the two SDKs that take an id. What each sends must be the hash. */
export const surfaces: Readonly<Record<string, Surface>> = {
  trackEvent: (id) => trackEvent('qr_created', id, qr),
  'trackEvent of a device': (id) => trackEvent('qr_created', `$device:${id}`, qr),
  'trackEvent with the id of an owner': (id) =>
    trackEvent('qr_scanned', 'u1', { qr_id: 'q1', qr_owner_id: id } as never),
  'trackEvent with the id of a thing': (id) => trackEvent('qr_created', 'u1', { ...qr, qr_id: id }),
  identifyUser: (id) => identifyUser(id, { plan: 'pro' }),
  'identifyUser with an anonymous id': (id) => identifyUser('u1', {}, { anonymousId: id }),
  trackRevenue: (id) => trackRevenue(id, 5, { currency: 'EUR' }),
  setUserContext: (id) => inJob(() => setUserContext({ id })),
  'context of an error': (id) => captureException(new Error('with context'), { userId: id }),
  'context of a message': (id) => captureMessage('with context', 'error', { user_id: id }),
  'data of a breadcrumb': (id) => inScope(() => addBreadcrumb('a note', { user_id: id })),
  'Sentry.setUser': (id) => inScope(() => Sentry.setUser({ id, email: id, username: id })),
  'Sentry.setTag': (id) => inScope(() => Sentry.setTag('user_id', id)),
  'Sentry.setExtra': (id) => inScope(() => Sentry.setExtra('user_id', id)),
  'Sentry.setContext': (id) => inScope(() => Sentry.setContext('order', { user_id: id })),
  'an attribute of a span': (id) =>
    Sentry.startSpan({ name: 'span', op: 'task', attributes: { user_id: id } }, () => undefined),
  'the user of a span': (id) => inScope(() => Sentry.setUser({ id })),
  'an attribute of a log': (id) => Sentry.logger.error('a line', { user_id: id }),
  'people.set': (id) => client().people.set(id, { plan: 'pro' }),
  'people.set_once': (id) => client().people.set_once(id, { plan: 'pro' }),
  'people.increment': (id) => client().people.increment(id, 'total_qrs_created', 1),
  'people.append': (id) => client().people.append(id, 'plan', 'pro'),
  'people.union': (id) => client().people.union(id, { plan: ['pro'] } as never),
  'people.remove': (id) => client().people.remove(id, { plan: 'pro' } as never),
  'people.unset': (id) => client().people.unset(id, 'plan'),
  'people.delete_user': (id) => client().people.delete_user(id),
  'groups.set': (id) => client().groups.set('company', id, { plan: 'pro' }),
  'groups.set with an address as key': (id) => client().groups.set(id, 'c1', { plan: 'pro' }),
  'groups.delete_group': (id) => client().groups.delete_group('company', id),
  'track by distinct_id': (id) => client().track('qr_created', { ...qr, distinct_id: id }),
  'track by $user_id': (id) => client().track('qr_created', { ...qr, distinct_id: 'u1', $user_id: id }),
  'track by $device_id': (id) => client().track('qr_created', { ...qr, $user_id: 'u1', $device_id: id }),
  import: (id) => client().import('qr_created', Math.floor(Date.now() / 1000), { ...qr, distinct_id: id }),
  track_batch: (id) => client().track_batch([{ event: 'qr_created', properties: { ...qr, distinct_id: id } }]),
};

/** Calls that only a project with the original id merge sends. */
export const surfacesOfOriginalMerge: Readonly<Record<string, Surface>> = {
  'identifyUser with an anonymous id': (id) => identifyUser('u1', {}, { anonymousId: id }),
  'alias to an address': (id) => client().alias('u1', id),
  'alias of an address': (id) => client().alias(id, 'another-id'),
  $identify: (id) => client().track('$identify', { $identified_id: id, $anon_id: 'device-1', distinct_id: 'u1' }),
  '$identify by $anon_id': (id) => client().track('$identify', { $identified_id: 'u1', $anon_id: id }),
  $merge: (id) => client().track('$merge', { $distinct_ids: [id, 'u2'] }),
};

/** Lines of a server's log that name a user. */
export async function logUser(app: Server, id: string): Promise<void> {
  app.log.warn({ userId: id, reason: 'user in a line' }, 'a line of a user');
  app.log.info({ user: { id } }, 'a line of a user');
}

import { definePlan } from '@qr/plan';
import { accountEvents } from './accounts.ts';
import { billingEvents } from './billing.ts';
import { codeEvents } from './codes.ts';
import { contextKeys } from './context.ts';
import { micrositeEvents } from './microsites.ts';
import { operationsEvents } from './operations.ts';
import { pageEvents } from './pages.ts';
import { profileProperties } from './profile.ts';
import { scanEvents } from './scans.ts';
import { statisticsEvents } from './statistics.ts';

/** The platform's tracking plan. */
export const plan = definePlan({
  destinations: ['mixpanel'],
  events: {
    ...accountEvents,
    ...codeEvents,
    ...scanEvents,
    ...micrositeEvents,
    ...statisticsEvents,
    ...billingEvents,
    ...pageEvents,
    ...operationsEvents,
  },
  profile: profileProperties,
  context: contextKeys,
  identify: 'identity_linked',
  revenue: 'revenue',
  pageView: 'page_viewed',
  probe: 'observability_checked',
});

import { accountEvents, identifyEvent } from './accounts.ts';
import { billingEvents } from './billing.ts';
import { codeEvents } from './codes.ts';
import { definePlan } from './define-plan.ts';
import { micrositeEvents } from './microsites.ts';
import { operationsEvents } from './operations.ts';
import { pageEvents } from './pages.ts';
import { profileProperties } from './profile.ts';
import { scanEvents } from './scans.ts';
import { statisticsEvents } from './statistics.ts';

/** The platform's tracking plan: the one list of what may be said. */
export const plan = definePlan({
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
  identify: identifyEvent,
});

import { plan } from '@qr/events';
import config from '../../../observability.config.ts';

/** The platform's plan and funnel, as the inbox gets them from the config. */
export const platformPlan = { ...plan, funnel: config.funnel };

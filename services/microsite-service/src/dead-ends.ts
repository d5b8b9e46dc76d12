import type { Problem } from '@qr/common/pages';
import type { Lookup } from './page-directory.ts';

/** What visitors see who find no page. It does not say whether there ever was one. */
export const DEAD_ENDS: Readonly<Record<Exclude<Lookup['outcome'], 'published'>, Problem>> = {
  not_found: {
    statusCode: 404,
    title: 'There is no page here',
    advice: 'It may have been removed, or not be published yet. Check the address, or scan the code again.',
  },
  unavailable: {
    statusCode: 503,
    title: 'This page cannot be shown right now',
    advice: 'The fault is on our side. Try again in a minute.',
  },
};

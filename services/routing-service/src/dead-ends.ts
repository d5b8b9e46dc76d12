import type { Problem } from '@qr/common/pages';
import type { ScanFailure } from '@qr/common/visitor';

/** Why a scan of a code leads nowhere. */
export type DeadEnd = Extract<ScanFailure, 'not_found' | 'disabled' | 'loop' | 'malformed' | 'unavailable'>;

const NOT_FOUND: Problem = {
  statusCode: 404,
  title: 'This code leads nowhere',
  advice: 'It may have been removed, or scanned incompletely. Try to scan it again.',
};

/** What people see instead. */
export const DEAD_ENDS: Readonly<Record<DeadEnd, Problem>> = {
  not_found: NOT_FOUND,
  malformed: NOT_FOUND,
  disabled: {
    statusCode: 404,
    title: 'This code is switched off',
    advice: 'Its owner has switched it off. Ask the person who showed it to you.',
  },
  loop: {
    statusCode: 404,
    title: 'This code leads back to itself',
    advice: 'Its owner has to change where it leads.',
  },
  unavailable: {
    statusCode: 503,
    title: 'This code cannot be looked up right now',
    advice: 'The fault is on our side. Try again in a minute.',
  },
};

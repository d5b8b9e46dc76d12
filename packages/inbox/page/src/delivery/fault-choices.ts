import type { Fault, FaultEndpoint } from '../../../src/faults/fault.ts';
import type { ActiveFault } from '../../../src/faults/faults.ts';
import { valueText } from '../shared/format.ts';

/** The faults that the page offers; tests can ask for more, by POST /api/faults. */
export const FAULTS: readonly (readonly [string, Fault])[] = [
  ['Answer 500', { kind: 'status', status: 500 }],
  ['Answer 503', { kind: 'status', status: 503 }],
  ['Answer 401', { kind: 'status', status: 401 }],
  ['Answer 413', { kind: 'status', status: 413 }],
  ['Store, then answer 503', { kind: 'status', status: 503, store: true }],
  ['Rate limit, a minute', { kind: 'rate-limit', retryAfterSeconds: 60 }],
  ['Rate limit without headers', { kind: 'rate-limit', headers: 'none' }],
  ['Refuse every second record', { kind: 'partial', failEvery: 2 }],
  ['Answer 2 s late', { kind: 'delay', delayMs: 2000 }],
  ['Never answer', { kind: 'hang' }],
  ['Reset before the body', { kind: 'reset', when: 'before' }],
  ['Reset in the middle of the body', { kind: 'reset', when: 'during' }],
  ['Store, then reset', { kind: 'reset', when: 'after' }],
  ['Answer a page of HTML', { kind: 'content-type', contentType: 'text/html' }],
];

export const ENDPOINTS: readonly (readonly [FaultEndpoint | '', string])[] = [
  ['', 'Everywhere'],
  ['track', 'Mixpanel /track'],
  ['import', 'Mixpanel /import'],
  ['engage', 'Mixpanel /engage'],
  ['groups', 'Mixpanel /groups'],
  ['envelope', 'Sentry'],
  ['data-deletions', 'Mixpanel deletions'],
  ['data-retrievals', 'Mixpanel retrievals'],
];

export const LENGTHS: readonly (readonly [string, string])[] = [
  ['1', 'The next request'],
  ['10', 'The next 10 requests'],
  ['100', 'The next 100 requests'],
  ['', 'Until it is removed'],
];

export const SHARES: readonly (readonly [string, string])[] = [
  ['100', 'All'],
  ['50', 'Half, at random'],
  ['10', 'One in ten, at random'],
];

/** What goes wrong, in words. */
export function faultName(fault: Fault): string {
  const wanted = JSON.stringify(fault);
  const choice = FAULTS.find(([, each]) => JSON.stringify(each) === wanted);
  if (choice !== undefined) return choice[0];
  const { kind, ...details } = fault;
  return [kind, ...Object.entries(details).map(([name, value]) => `${name} ${valueText(value)}`)].join(', ');
}

/** Which requests it strikes, in words. */
export function faultTarget({ endpoint, remaining, share }: ActiveFault): string {
  const where = endpoint === 'any' ? 'any endpoint' : `/${endpoint}`;
  const which = remaining === null ? ', until removed' : remaining === 0 ? '' : `, ${remaining} to come`;
  return `${where}${which}${share === 1 ? '' : `, ${Math.round(share * 100)} % of them`}`;
}

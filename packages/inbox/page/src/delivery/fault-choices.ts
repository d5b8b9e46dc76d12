import type { Fault, FaultEndpoint } from '../../../src/faults/fault.ts';
import type { ActiveFault } from '../../../src/faults/faults.ts';
import { valueText } from '../shared/format.ts';

const PROXY_PAGE = '<!doctype html><title>Error</title><p>The proxy cannot help you.</p>';

/** The faults that the page offers; tests can ask for more, by POST /api/faults. */
export const FAULTS: readonly (readonly [string, Fault])[] = [
  ['Answer 500', { kind: 'status', status: 500 }],
  ['Answer 503', { kind: 'status', status: 503 }],
  ['Answer 401', { kind: 'status', status: 401 }],
  ['Answer 413', { kind: 'status', status: 413 }],
  ['Answer 413 before the body is read', { kind: 'status', status: 413, when: 'before' }],
  ['Store, then answer 503', { kind: 'status', status: 503, store: true }],
  ['Rate limit, a minute', { kind: 'rate-limit', retryAfterSeconds: 60 }],
  ['Rate limit without headers', { kind: 'rate-limit', headers: 'none' }],
  ['Refuse every second record', { kind: 'partial', failEvery: 2 }],
  ['Answer 2 s late', { kind: 'delay', delayMs: 2000 }],
  ['Never answer', { kind: 'hang' }],
  ['Reset before the body', { kind: 'reset', when: 'before' }],
  ['Reset in the middle of the body', { kind: 'reset', when: 'during' }],
  ['Store, then reset', { kind: 'reset', when: 'after' }],
  ['Gzip the answer', { kind: 'gzip' }],
  ['Captive portal: 200 and a page of HTML', { kind: 'content-type', contentType: 'text/html' }],
  ['Proxy: 404 and a page of HTML', { kind: 'content-type', contentType: 'text/html', status: 404, body: PROXY_PAGE }],
  ['Proxy: 405 and a page of HTML', { kind: 'content-type', contentType: 'text/html', status: 405, body: PROXY_PAGE }],
  ['Proxy: redirect to a sign-in', { kind: 'status', status: 302, body: '', headers: { location: '/sign-in' } }],
  ['200 with an error 400 in the body', { kind: 'status', status: 200, body: '{"code":400,"error":"bad request"}' }],
  ['200 with status 0 in the body', { kind: 'status', status: 200, body: '{"status":0,"error":"bad data"}' }],
  ['200 that counts no records', { kind: 'status', status: 200 }],
  ['200 with an empty body', { kind: 'status', status: 200, body: '' }],
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
export function faultTarget({ endpoint, contains, remaining, share }: ActiveFault): string {
  const where = endpoint === 'any' ? 'any endpoint' : `/${endpoint}`;
  const which = remaining === null ? ', until removed' : remaining === 0 ? '' : `, ${remaining} to come`;
  const what = contains === undefined ? '' : `, bodies with "${contains}"`;
  return `${where}${what}${which}${share === 1 ? '' : `, ${Math.round(share * 100)} % of them`}`;
}

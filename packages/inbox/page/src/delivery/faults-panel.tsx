import type { ReactElement, SubmitEvent } from 'react';
import type { ActiveFault, Fault, FaultEndpoint, FaultRule } from '../../../src/faults/faults.ts';
import { useFeedPart } from '../shared/feed.tsx';
import { countOf, valueText } from '../shared/format.ts';
import { Button, Loading, OptionsOf } from '../shared/parts.tsx';
import { remove, sendJson, useAttempt, useJson } from '../shared/use-json.ts';

/** Makes requests fail, to watch what an application does when its telemetry fails. */
export function FaultsPanel(): ReactElement {
  const [problem, attempt] = useAttempt();
  const revision = useFeedPart((feed) => feed.faults + feed.epoch);
  const loaded = useJson<{ faults: readonly ActiveFault[] }>('/api/faults', revision);
  return (
    <section className="faults" aria-labelledby="faults-title">
      <h2 id="faults-title">Make requests fail</h2>
      <p className="muted">Watch what an application does when its telemetry fails.</p>
      <FaultForm onAdd={(rule: FaultRule) => attempt(sendJson('POST', '/api/faults', rule))} />
      <p role="alert">{problem}</p>
      <Loading loaded={loaded}>
        {({ faults }) => (
          <FaultList
            faults={faults}
            onRemove={({ id }) => attempt(remove(`/api/faults/${id}`))}
            onRemoveAll={() => attempt(remove('/api/faults'))}
          />
        )}
      </Loading>
    </section>
  );
}

/** A fault to come, put together from four lists. */
function FaultForm({ onAdd }: { readonly onAdd: (rule: FaultRule) => void }): ReactElement {
  const add = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [, fault] = FAULTS[Number(form.get('fault'))] ?? [];
    if (fault === undefined) return;
    const endpoint = form.get('endpoint');
    const contains = String(form.get('bodyText') ?? '').trim();
    const requests = Number(form.get('requests'));
    onAdd({
      // The values are those of the lists below.
      ...(endpoint !== '' && { endpoint: endpoint as FaultEndpoint }),
      ...(contains !== '' && { contains }),
      ...(requests > 0 && { requests }),
      share: Number(form.get('share')) / 100,
      fault,
    });
  };
  const faults = FAULTS.map(([name], index) => [String(index), name] as const);
  return (
    <form className="fault-form" onSubmit={add}>
      <Choice name="fault" label="What goes wrong" options={faults} />
      <Choice name="endpoint" label="Where" options={ENDPOINTS} />
      <Choice name="requests" label="For how long" options={LENGTHS} />
      <Choice name="share" label="How many of them" options={SHARES} />
      <label>
        Only bodies that contain
        <input name="bodyText" placeholder="any text" />
      </label>
      <button type="submit">Add this fault</button>
    </form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [string, string])[];
}

function Choice({ name, label, options }: ChoiceProps): ReactElement {
  return (
    <label>
      {label}
      <select name={name}>
        <OptionsOf options={options} />
      </select>
    </label>
  );
}

interface FaultListProps {
  readonly faults: readonly ActiveFault[];
  readonly onRemove: (fault: ActiveFault) => void;
  readonly onRemoveAll: () => void;
}

/** The faults to come and those that are used up, with what each has done; the latest first. */
function FaultList({ faults, onRemove, onRemoveAll }: FaultListProps): ReactElement | null {
  if (faults.length === 0) return null;
  return (
    <>
      <ul className="fault-list" aria-label="Faults">
        {faults.toReversed().map((fault) => {
          const isUsed = fault.remaining === 0;
          return (
            <li key={fault.id} className={isUsed ? 'used' : ''}>
              <strong>{faultName(fault.fault)}</strong>
              <span>
                {faultTarget(fault)}. Struck {countOf(fault.struck, 'request')}
                {isUsed && ', used up'}.
              </span>
              <Button onClick={() => onRemove(fault)}>Remove</Button>
            </li>
          );
        })}
      </ul>
      <Button onClick={onRemoveAll}>Remove all</Button>
    </>
  );
}

const PROXY_PAGE = '<!doctype html><title>Error</title><p>The proxy cannot help you.</p>';

/** The faults that the page offers; tests can ask for more, by POST /api/faults. */
const FAULTS: readonly (readonly [string, Fault])[] = [
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

const ENDPOINTS: readonly (readonly [FaultEndpoint | '', string])[] = [
  ['', 'Everywhere'],
  ['track', 'Mixpanel /track'],
  ['import', 'Mixpanel /import'],
  ['engage', 'Mixpanel /engage'],
  ['groups', 'Mixpanel /groups'],
  ['envelope', 'Sentry'],
  ['data-deletions', 'Mixpanel deletions'],
  ['data-retrievals', 'Mixpanel retrievals'],
];

const LENGTHS: readonly (readonly [string, string])[] = [
  ['1', 'The next request'],
  ['10', 'The next 10 requests'],
  ['100', 'The next 100 requests'],
  ['', 'Until it is removed'],
];

const SHARES: readonly (readonly [string, string])[] = [
  ['100', 'All'],
  ['50', 'Half, at random'],
  ['10', 'One in ten, at random'],
];

/** What goes wrong, in words. */
function faultName(fault: Fault): string {
  const wanted = JSON.stringify(fault);
  const choice = FAULTS.find(([, each]) => JSON.stringify(each) === wanted);
  if (choice !== undefined) return choice[0];
  const { kind, ...details } = fault;
  return [kind, ...Object.entries(details).map(([name, value]) => `${name} ${valueText(value)}`)].join(', ');
}

/** Which requests it strikes, in words. */
function faultTarget({ endpoint, contains, remaining, share }: ActiveFault): string {
  const where = endpoint === 'any' ? 'any endpoint' : `/${endpoint}`;
  const which = remaining === null ? ', until removed' : remaining === 0 ? '' : `, ${remaining} to come`;
  const what = contains === undefined ? '' : `, bodies with "${contains}"`;
  return `${where}${what}${which}${share === 1 ? '' : `, ${Math.round(share * 100)} % of them`}`;
}

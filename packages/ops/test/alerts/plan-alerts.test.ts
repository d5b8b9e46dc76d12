import type { AlertRule } from '@qr/alerts';
import { alertRules } from '@qr/observability/alerts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planAlerts } from '../../src/alerts/plan-alerts.ts';
import { applySteps } from '../../src/as-code/plan.ts';
import { createSentryApi } from '../../src/sentry-api/sentry-api.ts';
import { type FakeSentry, startFakeSentry } from '../sentry-api/fake-sentry.ts';

let fake: FakeSentry;

beforeEach(async () => {
  fake = await startFakeSentry();
});

afterEach(() => fake[Symbol.asyncDispose]());

const rules = alertRules.filter(({ name }) => ['Error spike', 'New issue', 'Slow requests'].includes(name));
const [errorSpike, newIssue] = rules as [AlertRule, AlertRule, AlertRule];

function plan(given: readonly AlertRule[]): ReturnType<typeof planAlerts> {
  const settings = {
    url: fake.url,
    org: 'acme',
    token: 'sntryu_secret',
    backendProject: 'qr-backend',
    frontendProject: 'qr-frontend',
    environment: null,
    slackChannel: undefined,
    slackWorkspace: undefined,
  };
  const api = createSentryApi({
    ...settings,
    fetch: globalThis.fetch,
    now: Date.now,
    signal: new AbortController().signal,
    note: () => undefined,
    sleep: () => Promise.resolve(),
  });
  return planAlerts(api, settings, given);
}

/** @returns what was done, one line for each object. */
async function apply(given: readonly AlertRule[], prune = false): Promise<readonly string[]> {
  const { steps } = await plan(given);
  const applied = await applySteps(steps, { prune }, () => undefined);
  return applied.map(({ deed, kind, name }) => `${deed} ${kind} ${name}`);
}

const verdicts = async (given: readonly AlertRule[]) =>
  (await plan(given)).steps.map(({ item }) => `${item.verdict} ${item.kind} ${item.name}`);
const advices = async (given: readonly AlertRule[]) => (await plan(given)).steps.map(({ item }) => item.advice);
const named = (name: string) => {
  const found = [...fake.store.detectors, ...fake.store.workflows].find((stored) => stored['name'] === name);
  return found ?? expect.fail(`There is no ${name}.`);
};

describe('a threshold that changes', () => {
  it('changes the monitor, whose conditions stay the same objects', async () => {
    await apply(rules);
    const before = structuredClone(named('Error spike')['conditionGroup']) as Group;
    const raised = { ...errorSpike, condition: { above: 200 } };
    const [step] = (await plan([raised])).steps;
    expect(step?.item.changes).toEqual([
      { field: 'conditions', from: '> 100 high, <= 100 resolved', to: '> 200 high, <= 200 resolved' },
    ]);
    expect(await apply([raised, ...rules.slice(1)])).toContain('changed monitor Error spike');
    expect(fake.writes().slice(-1)).toEqual([`PUT detectors/${named('Error spike').id}/`]);
    const after = named('Error spike')['conditionGroup'] as Group;
    expect(after.id).toBe(before.id);
    const idsByType = ({ conditions }: Group) => Object.fromEntries(conditions.map(({ type, id }) => [type, id]));
    expect(idsByType(after)).toEqual(idsByType(before));
    expect(after.conditions.map(({ comparison }) => comparison)).toEqual([200, 200]);
    expect(fake.violations).toEqual([]);
  });

  it('downwards is another condition', async () => {
    await apply([errorSpike]);
    await apply([{ ...errorSpike, condition: { below: 5 }, severity: 'medium' }]);
    const { conditions } = named('Error spike')['conditionGroup'] as Group;
    expect(conditions.map(({ type, conditionResult }) => `${type} ${conditionResult}`).sort()).toEqual([
      'gte 0',
      'lt 50',
    ]);
  });
});

describe('an alert that changes', () => {
  it('keeps its groups, triggers and actions', async () => {
    await apply([newIssue]);
    const before = structuredClone(named('New issue [qr-obs: qr-backend]'));
    await apply([{ ...newIssue, measure: { kind: 'new_issues', windowMinutes: 30 } }]);
    expect(named('New issue [qr-obs: qr-backend]')).toEqual({ ...before, config: { frequency: 30 } });
    expect(fake.violations).toEqual([]);
  });

  it('listens again to a monitor that was deleted and is made anew', async () => {
    await apply([errorSpike]);
    fake.store.detectors.splice(fake.store.detectors.indexOf(named('Error spike')), 1);
    named('Error spike [qr-obs: qr-backend]')['detectorIds'] = [];
    expect(await apply([errorSpike])).toEqual([
      'created monitor Error spike',
      'changed alert Error spike [qr-obs: qr-backend]',
    ]);
    expect(named('Error spike [qr-obs: qr-backend]')['detectorIds']).toEqual([named('Error spike').id]);
    expect(fake.store.workflows).toHaveLength(1);
  });

  it('gives no ids of the vendor away as differences, and what others set stays', async () => {
    await apply(rules);
    named('Error spike')['owner'] = { type: 'team', id: '7', name: 'platform' };
    named('Error spike [qr-obs: qr-backend]')['owner'] = 'team:7';
    named('Error spike')['dateUpdated'] = '2027-01-01T00:00:00Z';
    expect(new Set((await verdicts(rules)).map((line) => line.split(' ')[0]))).toEqual(new Set(['unchanged']));
  });
});

describe('what sets an alert off', () => {
  it('is an issue that is new, and with a monitor also one that comes back', async () => {
    await apply(rules);
    const triggersOf = (name: string) =>
      (named(`${name} [qr-obs: qr-backend]`)['triggers'] as Group).conditions.map(({ type }) => type);
    expect(triggersOf('New issue')).toEqual(['first_seen_event']);
    expect(triggersOf('Error spike')).toEqual(['first_seen_event', 'regression_event']);
  });
});

describe('what is not ours', () => {
  it('is never touched, and the alert waits for it', async () => {
    await apply([errorSpike]);
    named('Error spike')['description'] = 'Mine now.';
    const before = structuredClone([...fake.store.detectors, ...fake.store.workflows]);
    expect(await apply([{ ...errorSpike, condition: { above: 7 } }], true)).toEqual([
      'left alone monitor Error spike',
      'left alone alert Error spike [qr-obs: qr-backend]',
    ]);
    expect([...fake.store.detectors, ...fake.store.workflows]).toEqual(before);
    expect(await advices([errorSpike])).toEqual([
      'One of the name "Error spike" is there and not ours: rename it, or add "Managed by qr-obs from observability/alerts.ts." to its description to hand it over.',
      'It waits for the monitor "Error spike".',
    ]);
  });

  it('is an alert without the mark in its name', async () => {
    await apply([newIssue]);
    named('New issue [qr-obs: qr-backend]')['name'] = 'New issue';
    expect(await apply([newIssue], true)).toEqual(['left alone alert New issue [qr-obs: qr-backend]']);
    expect(fake.store.workflows).toHaveLength(1);
    expect((await advices([newIssue]))[0]).toContain('add " [qr-obs: qr-backend]" to its name to hand it over');
  });

  it('is what another project has under the same names', async () => {
    await apply([newIssue]);
    named('New issue [qr-obs: qr-backend]')['name'] = 'New issue [qr-obs: other]';
    expect(await apply([newIssue], true)).toEqual(['created alert New issue [qr-obs: qr-backend]']);
    expect(fake.store.workflows).toHaveLength(2);
  });

  it('is a monitor of another kind', async () => {
    fake.store.detectors.push({
      ...named('Error Monitor'),
      id: '50',
      name: 'Error spike',
      type: 'uptime_domain_failure',
    });
    expect(await verdicts([errorSpike])).toContain('create monitor Error spike');
  });

  it('stays, when it only begins or ends like one of ours', async () => {
    fake.store.detectors.push({ ...named('Error Monitor'), id: '50', name: 'Error spikes', type: 'metric_issue' });
    expect(await verdicts([errorSpike])).toContain('create monitor Error spike');
  });
});

describe('the same name twice', () => {
  it('is refused, with the ids, and nothing is made or changed', async () => {
    await apply(rules);
    fake.store.detectors.push({ ...named('Error spike'), id: '900', description: 'A copy.' });
    fake.store.workflows.push({ ...named('New issue [qr-obs: qr-backend]'), id: '901' });
    const before = fake.writes().length;
    const changed = rules.map((rule) => ({ ...rule, severity: 'medium' as const, description: 'Other.' }));
    const done = await apply(changed, true);
    expect(done.slice(0, 3)).toEqual([
      'left alone monitor Error spike',
      'left alone alert Error spike [qr-obs: qr-backend]',
      'left alone alert New issue [qr-obs: qr-backend]',
    ]);
    expect(fake.writes().slice(before)).toEqual([`PUT detectors/${named('Slow requests').id}/`]);
    const [advice] = await advices(rules);
    expect(advice).toContain(`There are several of the name "Error spike": ${named('Error spike').id} (ours), 900.`);
  });
});

describe('what is no longer in the file', () => {
  it('is reported, and deleted only when that is asked for', async () => {
    await apply(rules);
    const left = [newIssue];
    expect(await verdicts(left)).toEqual([
      'unchanged alert New issue [qr-obs: qr-backend]',
      'gone alert Error spike [qr-obs: qr-backend]',
      'gone alert Slow requests [qr-obs: qr-backend]',
      'gone monitor Error spike',
      'gone monitor Slow requests',
    ]);
    const before = fake.writes().length;
    await apply(left);
    expect(fake.writes()).toHaveLength(before);
    await apply(left, true);
    expect(fake.store.workflows.map(({ name }) => name)).toEqual(['New issue [qr-obs: qr-backend]']);
    expect(fake.store.detectors.map(({ id }) => id)).toEqual(['10', '11', '12']);
    expect(await verdicts(left)).toHaveLength(1);
  });
});

describe('a failure while applying', () => {
  it.each([
    ['POST projects/qr-backend/detectors/', 500],
    ['POST projects/qr-backend/detectors/', 'cut'],
    ['POST workflows/', 500],
    ['POST workflows/', 'cut'],
  ] as const)('of %s with %s after it was stored makes no double', async (request, answer) => {
    fake.fail({ request, answer, isStored: true });
    await apply(rules);
    expect(fake.store.workflows).toHaveLength(3);
    expect(fake.store.detectors.filter(({ type }) => type === 'metric_issue')).toHaveLength(2);
    expect((await verdicts(rules)).every((line) => line.startsWith('unchanged'))).toBe(true);
  });

  it('is taken up by the next apply where it ended', async () => {
    fake.fail({ request: 'POST workflows/', answer: 403 });
    await expect(apply(rules)).rejects.toThrow('This needs one of the scopes alerts:write, org:write.');
    expect(fake.store.detectors.map(({ name }) => name)).toContain('Error spike');
    expect(await apply(rules)).toContain('unchanged monitor Error spike');
    expect(fake.store.detectors.filter(({ name }) => name === 'Error spike')).toHaveLength(1);
  });
});

describe('a rule that Sentry cannot have', () => {
  it('is one of several new issues', async () => {
    await expect(plan([{ ...newIssue, condition: { above: 3 } }])).rejects.toThrow(
      'the condition of the rule "New issue" must be { above: 0 }, got {"above":3}.',
    );
  });

  it('is one of a project whose monitors the token may not see', async () => {
    fake.store.detectors.length = 0;
    await expect(plan([newIssue])).rejects.toThrow('check that the integration may see qr-backend');
  });
});

interface Group {
  readonly id: string;
  readonly conditions: readonly { id: string; type: string; comparison: number; conditionResult: number }[];
}

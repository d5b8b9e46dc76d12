import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInTest } from '../run-in-test.ts';
import { type FakeSentry, startFakeSentry } from '../sentry-api/fake-sentry.ts';
import { integration } from '../sentry-api/fake-store.ts';
import { runWithSentry } from '../sentry-api/run-with-sentry.ts';

let fake: FakeSentry;

beforeEach(async () => {
  fake = await startFakeSentry();
});

afterEach(async () => {
  expect(fake.violations).toEqual([]);
  await fake[Symbol.asyncDispose]();
});

const run = (commandLine: string, env?: Readonly<Record<string, string>>) => runWithSentry(fake, commandLine, env);

describe('the help', () => {
  it('of the group says what there is', async () => {
    expect((await runInTest(['alerts', '--help'])).out).toContain('plan [options]');
  });

  it('of plan', async () => {
    expect((await runInTest(['alerts', 'plan', '--help'])).out).toMatchInlineSnapshot(`
      "Usage: qr-obs alerts plan [options]

      Show what applying the rules would change at the vendors.

      Compares observability/alerts.ts with what Sentry has, and changes nothing. Exits with 0 when Sentry
      is as the file says, 1 when it is not. Mixpanel has no public API for alerts: the steps to click are
      shown, which do not count.

      Ours are monitors whose description says "Managed by qr-obs from observability/alerts.ts.", and
      alerts, which have no description, whose name ends in "[qr-obs: <project>]". Nothing else is ever
      touched.

      Variables:
        SENTRY_AUTH_TOKEN       of an internal integration with org:read, alerts:read and alerts:write
        SENTRY_ORG              slug of the organization
        SENTRY_URL              default https://sentry.io
        SENTRY_BACKEND_PROJECT  slug of the project that the rules watch; default qr-backend
        SENTRY_ENVIRONMENT      the one that they watch; default all
        SENTRY_SLACK_CHANNEL    told beside the owners of issues; default nobody else
        SENTRY_SLACK_WORKSPACE  which, when Sentry is connected with several
        MIXPANEL_PROJECT_ID     for the addresses in the steps
        MIXPANEL_APP_HOST       default https://mixpanel.com

      Options:
        --json           answer with one JSON document, for tools
        --vendor <name>  sentry or mixpanel only; default both
        -h, --help       display help for command

      Examples:
        qr-obs alerts plan
        qr-obs alerts plan --vendor mixpanel
        qr-obs alerts plan --json"
    `);
  });

  it('of apply', async () => {
    expect((await runInTest(['alerts', 'apply', '--help'])).out).toMatchInlineSnapshot(`
      "Usage: qr-obs alerts apply [options]

      Make the vendors follow the rules.

      Creates and changes what Sentry has until it is as observability/alerts.ts says; a second time it
      changes nothing. Exits with 1 when something of the file could not be put in place, as it would
      touch what is not ours. What is no longer in the file stays unless --prune is given.

      Ours are monitors whose description says "Managed by qr-obs from observability/alerts.ts.", and
      alerts, which have no description, whose name ends in "[qr-obs: <project>]". Nothing else is ever
      touched.

      Variables:
        SENTRY_AUTH_TOKEN       of an internal integration with org:read, alerts:read and alerts:write
        SENTRY_ORG              slug of the organization
        SENTRY_URL              default https://sentry.io
        SENTRY_BACKEND_PROJECT  slug of the project that the rules watch; default qr-backend
        SENTRY_ENVIRONMENT      the one that they watch; default all
        SENTRY_SLACK_CHANNEL    told beside the owners of issues; default nobody else
        SENTRY_SLACK_WORKSPACE  which, when Sentry is connected with several
        MIXPANEL_PROJECT_ID     for the addresses in the steps
        MIXPANEL_APP_HOST       default https://mixpanel.com

      Options:
        --json           answer with one JSON document, for tools
        --prune          delete what is ours and no longer in the file
        --vendor <name>  sentry or mixpanel only; default both
        -h, --help       display help for command

      Examples:
        qr-obs alerts apply
        qr-obs alerts apply --prune
        qr-obs alerts apply --vendor sentry --json"
    `);
  });
});

describe('alerts plan', () => {
  it('shows what is not there yet, changes nothing, and exits with 1', async () => {
    const { exitCode, out } = await run('alerts plan --vendor sentry');
    expect(out).toMatchInlineSnapshot(`
      "Sentry: project qr-backend of acme, all environments

      create  monitor "Error spike"
          measures: count() of events
          where: everything
          events: default, error
          window: 60 min
          environment: all
          conditions: > 100 high, <= 100 resolved
          detection: static
          enabled: yes
          description: More than 100 errors were reported within an hour. What to do: docs/operations.md#error-spike. Managed by qr-obs from observability/alerts.ts.
      create  alert "Error spike [qr-obs: qr-backend]"
          when: first_seen_event or regression_event
          at: monitor "Error spike"
          tells: e-mail to issue owners, else ActiveMembers
          environment: all
          tells again after: 60 min
          enabled: yes
      create  alert "New issue [qr-obs: qr-backend]"
          when: first_seen_event
          at: monitor "Error Monitor"
          tells: e-mail to issue owners, else ActiveMembers
          environment: all
          tells again after: 60 min
          enabled: yes
      create  monitor "Slow requests"
          measures: p95(span.duration) of events_analytics_platform
          where: is_transaction:true span.op:http.server
          events: trace_item_span
          window: 60 min
          environment: all
          conditions: > 5000 high, <= 5000 resolved
          detection: static
          enabled: yes
          description: One API request in twenty takes longer than 5 seconds. What to do: docs/operations.md#slow-requests. Managed by qr-obs from observability/alerts.ts.
      create  alert "Slow requests [qr-obs: qr-backend]"
          when: first_seen_event or regression_event
          at: monitor "Slow requests"
          tells: e-mail to issue owners, else ActiveMembers
          environment: all
          tells again after: 60 min
          enabled: yes

      5 to create.
      \`qr-obs alerts apply\` does it."
    `);
    expect(exitCode).toBe(1);
    expect(fake.writes()).toEqual([]);
  });

  it('exits with 0 when Sentry is as the file says', async () => {
    await run('alerts apply --vendor sentry');
    const { exitCode, out } = await run('alerts plan --vendor sentry');
    expect(out).toMatchInlineSnapshot(`
      "Sentry: project qr-backend of acme, all environments

      unchanged  monitor "Error spike" (id 1004)
      unchanged  alert "Error spike [qr-obs: qr-backend]" (id 1008)
      unchanged  alert "New issue [qr-obs: qr-backend]" (id 1014)
      unchanged  monitor "Slow requests" (id 1022)
      unchanged  alert "Slow requests [qr-obs: qr-backend]" (id 1026)

      5 unchanged."
    `);
    expect(exitCode).toBe(0);
  });

  it('shows field by field what someone has changed', async () => {
    await run('alerts apply --vendor sentry');
    const [monitor] = fake.store.detectors.filter(({ name }) => name === 'Slow requests');
    const [alert] = fake.store.workflows.filter(({ name }) => String(name).startsWith('New issue'));
    if (!monitor || !alert) throw new Error('Nothing was applied.');
    const { conditions } = monitor['conditionGroup'] as { conditions: { comparison: number }[] };
    for (const condition of conditions) condition.comparison = 3000;
    monitor['enabled'] = false;
    alert['config'] = { frequency: 5 };
    alert['detectorIds'] = ['10', '4711'];
    const { exitCode, out } = await run('alerts plan --vendor sentry');
    expect(out).toMatchInlineSnapshot(`
      "Sentry: project qr-backend of acme, all environments

      unchanged  monitor "Error spike" (id 1004)
      unchanged  alert "Error spike [qr-obs: qr-backend]" (id 1008)
      change  alert "New issue [qr-obs: qr-backend]" (id 1014)
          at: monitor "Error Monitor", monitor "number 4711" -> monitor "Error Monitor"
          tells again after: 5 min -> 60 min
      change  monitor "Slow requests" (id 1022)
          conditions: > 3000 high, <= 3000 resolved -> > 5000 high, <= 5000 resolved
          enabled: no -> yes
      unchanged  alert "Slow requests [qr-obs: qr-backend]" (id 1026)

      2 to change, 3 unchanged.
      \`qr-obs alerts apply\` does it."
    `);
    expect(exitCode).toBe(1);
  });

  it('shows the steps for Mixpanel, which has no API for alerts', async () => {
    const { exitCode, out } = await run('alerts plan --vendor mixpanel', {
      MIXPANEL_APP_HOST: 'https://eu.mixpanel.com/',
    });
    expect(out).toMatchInlineSnapshot(`
      "Mixpanel

      Mixpanel has no public API for alerts, so that nothing is compared here. By hand, with a paid plan (five alerts on Growth) and the role of an analyst:

      Signup drop
        1. Open https://eu.mixpanel.com/project/42/app/insights and make a report: event signup_completed, Total Events, as a line, by day, the last 30 days. Save it as "Signup drop".
        2. Click the bell in the report's header, then Create Alert, and name it "Signup drop".
        3. Choose Custom Threshold: Below 10 (events a day). Fewer than 10 people signed up in a day.
        4. Tell the team growth by e-mail or Slack, at any time, at most once a day. Save.

      Scan spike
        1. Open https://eu.mixpanel.com/project/42/app/insights and make a report: event qr_scanned, Total Events, as a line, by hour, the last 7 days. Save it as "Scan spike".
        2. Click the bell in the report's header, then Create Alert, and name it "Scan spike".
        3. Choose Custom Threshold: Above 1000 (events an hour). Codes were scanned more than 1000 times in an hour.
        4. Tell the team product by e-mail or Slack, at any time, at most once an hour. Save.

      Conversion drop
        1. Open https://eu.mixpanel.com/project/42/app/funnels and make a report: steps signup_completed, then qr_created; uniques, in this order, within 7 days; the last 14 days. Save it as "Conversion drop".
        2. Know that Mixpanel counts those whose 7 days are not over as not converted, so that its figure is lower than that of \`qr-obs alerts check\`.
        3. Click the bell in the report's header, then Create Alert, and name it "Conversion drop".
        4. Choose Custom Threshold: Below 5 % (of those who did the first step). Fewer than 5 % of those who signed up made a first code within a week.
        5. Tell the team growth by e-mail or Slack, at any time, at most once a day. Save."
    `);
    expect(exitCode).toBe(0);
    expect(fake.requests).toEqual([]);
  });

  it('shows both when not told otherwise', async () => {
    const { out } = await run('alerts plan');
    expect(out).toMatch(/^Sentry: project qr-backend of acme[\s\S]*\n\nMixpanel\n/);
  });

  it('answers tools with the same as data', async () => {
    const { exitCode, out } = await run('alerts plan --json');
    const { sentry, mixpanel } = JSON.parse(out);
    expect(exitCode).toBe(1);
    expect(sentry.items.map(({ kind, verdict }: Record<string, string>) => `${verdict} ${kind}`)).toEqual([
      ...['create monitor', 'create alert', 'create alert', 'create monitor', 'create alert'],
    ]);
    expect(sentry.items[0].changes).toContainEqual({ field: 'window', to: '60 min' });
    expect(mixpanel.map(({ title }: Record<string, string>) => title)).toEqual([
      'Signup drop',
      'Scan spike',
      'Conversion drop',
    ]);
  });

  it('reads every page of what Sentry has', async () => {
    await run('alerts apply --vendor sentry');
    const { store } = fake;
    await using small = await startFakeSentry({ pageSize: 1 });
    small.store.detectors.splice(0, 9, ...store.detectors);
    small.store.workflows.push(...store.workflows);
    expect((await runWithSentry(small, 'alerts plan --vendor sentry')).exitCode).toBe(0);
    expect(small.requests.filter((request) => request === 'GET detectors/')).toHaveLength(4);
  });
});

describe('alerts apply', () => {
  it('makes what is not there, and says what it did', async () => {
    const { exitCode, out } = await run('alerts apply --vendor sentry');
    expect(out).toMatchInlineSnapshot(`
      "Sentry: project qr-backend of acme, all environments

      created  monitor "Error spike" (id 1004)
      created  alert "Error spike [qr-obs: qr-backend]" (id 1008)
      created  alert "New issue [qr-obs: qr-backend]" (id 1014)
      created  monitor "Slow requests" (id 1022)
      created  alert "Slow requests [qr-obs: qr-backend]" (id 1026)"
    `);
    expect(exitCode).toBe(0);
  });

  it('changes nothing the second time, not even with a request', async () => {
    await run('alerts apply --vendor sentry', { SENTRY_ENVIRONMENT: 'production' });
    const before = fake.writes().length;
    const again = await run('alerts apply --vendor sentry --prune', { SENTRY_ENVIRONMENT: 'production' });
    expect(again.out).toContain('unchanged  monitor "Error spike"');
    expect(again.exitCode).toBe(0);
    expect(fake.writes()).toHaveLength(before);
  });

  it('answers tools with the same as data', async () => {
    const { out } = await run('alerts apply --vendor sentry --json');
    const { sentry } = JSON.parse(out);
    expect(sentry.items[0]).toMatchObject({
      kind: 'monitor',
      name: 'Error spike',
      deed: 'created',
      id: expect.any(String),
    });
  });

  it('lets alerts listen to the monitors it made, and those of new issues to that of all errors', async () => {
    await run('alerts apply --vendor sentry');
    const idOf = (name: string) => fake.store.detectors.find((detector) => detector['name'] === name)?.id;
    expect(fake.store.workflows.map(({ name, detectorIds }) => [name, detectorIds])).toEqual([
      ['Error spike [qr-obs: qr-backend]', [idOf('Error spike')]],
      ['New issue [qr-obs: qr-backend]', ['10']],
      ['Slow requests [qr-obs: qr-backend]', [idOf('Slow requests')]],
    ]);
  });

  it('tells a Slack channel, too, when one is set', async () => {
    fake.store.integrations.push(integration('9', 'acme'));
    fake.store.slackChannels.add('alerts');
    const { exitCode } = await run('alerts apply --vendor sentry', { SENTRY_SLACK_CHANNEL: '#alerts' });
    expect(exitCode).toBe(0);
    expect(JSON.stringify(fake.store.workflows[0]?.['actionFilters'])).toContain('"targetIdentifier":"C-alerts"');
  });

  it('says when Sentry does not find the channel, which it saves all the same, and has it look again', async () => {
    fake.store.integrations.push(integration('9', 'acme'));
    const env = { SENTRY_SLACK_CHANNEL: 'alerts' };
    const first = await run('alerts apply --vendor sentry', env);
    expect(first.exitCode).toBe(1);
    expect(first.out).toContain(
      'Sentry does not find Slack #alerts (integration 9), so that "New issue [qr-obs: qr-backend]"',
    );
    const planned = await run('alerts plan --vendor sentry', env);
    expect(planned.out).toContain('tells: Slack #alerts (integration 9) (not found), e-mail');
    expect(planned.exitCode).toBe(1);
    // Someone has invited the app to the channel.
    fake.store.slackChannels.add('alerts');
    expect((await run('alerts apply --vendor sentry', env)).exitCode).toBe(0);
    expect((await run('alerts plan --vendor sentry', env)).exitCode).toBe(0);
  });
});

describe('what cannot be done', () => {
  it.each([
    ['without a token', { SENTRY_AUTH_TOKEN: '' }, 'SENTRY_AUTH_TOKEN is not set.', 2],
    ['without an organization', { SENTRY_ORG: '' }, 'SENTRY_ORG is not set.', 2],
    [
      'at no address',
      { SENTRY_URL: 'sentry' },
      'SENTRY_URL must be an address such as https://sentry.io, got "sentry".',
      2,
    ],
    ['for another project', { SENTRY_BACKEND_PROJECT: 'x' }, 'one of its projects (qr-backend, qr-frontend)', 2],
    ['with Slack that is not there', { SENTRY_SLACK_CHANNEL: 'a' }, 'acme is not connected with Slack', 2],
    ['with a token of another', { SENTRY_AUTH_TOKEN: 'sntrys_x' }, 'It does not know the token', 3],
  ])('%s is said with the variable to set', async (_, env, sentence, exitCode) => {
    const result = await run('alerts apply --vendor sentry', env);
    expect(result.notes).toContain(sentence);
    expect(result.exitCode).toBe(exitCode);
    expect(fake.writes()).toEqual([]);
  });

  it('with several Slack workspaces is asked for, and done when it is said', async () => {
    const { integrations } = fake.store;
    integrations.push(integration('6', 'code', 'github'), integration('7', 'old', 'slack', 'disabled'));
    integrations.push(integration('8', 'one'), integration('9', 'two'));
    const env = { SENTRY_SLACK_CHANNEL: 'a' };
    expect((await run('alerts plan', env)).notes).toContain('SENTRY_SLACK_WORKSPACE must say which of one, two');
    const wrong = await run('alerts plan', { ...env, SENTRY_SLACK_WORKSPACE: 'three' });
    expect(wrong.notes).toContain('SENTRY_SLACK_WORKSPACE must be one of one, two, got "three"');
    const right = await run('alerts plan', { ...env, SENTRY_SLACK_WORKSPACE: 'two' });
    expect(right.out).toContain('Slack #a (integration 9)');
  });

  it('without a plan for monitors is said, which Sentry answers as if there were no such address', async () => {
    fake.fail({ request: 'POST projects/qr-backend/detectors/', answer: 404 });
    const { exitCode, notes } = await run('alerts apply --vendor sentry');
    expect(notes).toContain('The plan of acme may have no monitors of metrics');
    expect(exitCode).toBe(3);
  });

  it('with another vendor is refused', async () => {
    const { exitCode, notes } = await run('alerts plan --vendor datadog');
    expect(notes).toBe('--vendor must be sentry or mixpanel, got "datadog".');
    expect(exitCode).toBe(2);
  });

  it('after something was done says how far it came', async () => {
    fake.fail({ request: 'POST workflows/', answer: 403 });
    const { exitCode, out, notes } = await run('alerts apply --vendor sentry');
    expect(notes).toMatch(/^created monitor "Error spike"\nSentry answered POST workflows\/ with 403\./);
    expect(out).toBe('');
    expect(exitCode).toBe(3);
  });

  it('for want of a scope names it', async () => {
    await using readOnly = await startFakeSentry({ scopes: ['org:read', 'alerts:read'] });
    expect((await runWithSentry(readOnly, 'alerts plan --vendor sentry')).exitCode).toBe(1);
    const { exitCode, notes } = await runWithSentry(readOnly, 'alerts apply --vendor sentry');
    expect(notes).toContain('This needs one of the scopes alerts:write, project:write.');
    expect(exitCode).toBe(3);
  });
});

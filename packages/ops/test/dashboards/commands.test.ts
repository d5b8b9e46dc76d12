import { dashboards } from '@qr/observability/dashboards';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInTest } from '../run-in-test.ts';
import { type FakeSentry, startFakeSentry } from '../sentry-api/fake-sentry.ts';
import { runWithSentry } from '../sentry-api/run-with-sentry.ts';

let fake: FakeSentry;

beforeEach(async () => {
  fake = await startFakeSentry({ scopes: ['org:read'] });
});

afterEach(async () => {
  expect(fake.violations).toEqual([]);
  await fake[Symbol.asyncDispose]();
});

const run = (commandLine: string, env?: Readonly<Record<string, string>>) => runWithSentry(fake, commandLine, env);
const MARK = '[qr-obs: qr-backend]';
const titled = (title: string) =>
  fake.store.dashboards.find((dashboard) => dashboard['title'] === title) ?? expect.fail(`There is no ${title}.`);

describe('the help', () => {
  it('of plan', async () => {
    expect((await runInTest(['dashboards', 'plan', '--help'])).out).toMatchInlineSnapshot(`
      "Usage: qr-obs dashboards plan [options]

      Show what applying the dashboards would change at the vendors.

      Compares observability/dashboards.ts with what Sentry has, and changes nothing. Exits with 0 when
      Sentry is as the file says, 1 when it is not. Mixpanel has no public API for boards, reports and
      cohorts: the steps to click are shown, which do not count.

      Ours are dashboards whose title ends in "[qr-obs: <backend project>]", as Sentry gives them no
      description. Nothing else is ever touched.

      Variables:
        SENTRY_AUTH_TOKEN       of an internal integration with org:read
        SENTRY_ORG              slug of the organization
        SENTRY_URL              default https://sentry.io
        SENTRY_BACKEND_PROJECT  slug of the project of the services; default qr-backend
        SENTRY_PROJECT          slug of the project of the page; default qr-frontend
        SENTRY_ENVIRONMENT      the one that is shown; default all
        MIXPANEL_PROJECT_ID     for the addresses in the steps
        MIXPANEL_APP_HOST       default https://mixpanel.com

      Options:
        --json           answer with one JSON document, for tools
        --vendor <name>  sentry or mixpanel only; default both
        -h, --help       display help for command

      Examples:
        qr-obs dashboards plan
        qr-obs dashboards plan --vendor mixpanel
        qr-obs dashboards plan --json"
    `);
  });

  it('of apply', async () => {
    expect((await runInTest(['dashboards', 'apply', '--help'])).out).toMatchInlineSnapshot(`
      "Usage: qr-obs dashboards apply [options]

      Make the vendors follow the dashboards.

      Creates and changes what Sentry has until it is as observability/dashboards.ts says; a second time
      it changes nothing. Exits with 1 when something of the file could not be put in place, as it would
      touch what is not ours. What is no longer in the file stays unless --prune is given.

      Ours are dashboards whose title ends in "[qr-obs: <backend project>]", as Sentry gives them no
      description. Nothing else is ever touched.

      Variables:
        SENTRY_AUTH_TOKEN       of an internal integration with org:read
        SENTRY_ORG              slug of the organization
        SENTRY_URL              default https://sentry.io
        SENTRY_BACKEND_PROJECT  slug of the project of the services; default qr-backend
        SENTRY_PROJECT          slug of the project of the page; default qr-frontend
        SENTRY_ENVIRONMENT      the one that is shown; default all
        MIXPANEL_PROJECT_ID     for the addresses in the steps
        MIXPANEL_APP_HOST       default https://mixpanel.com

      Options:
        --json           answer with one JSON document, for tools
        --prune          delete what is ours and no longer in the file
        --vendor <name>  sentry or mixpanel only; default both
        -h, --help       display help for command

      Examples:
        qr-obs dashboards apply
        qr-obs dashboards apply --prune
        qr-obs dashboards apply --vendor sentry --json"
    `);
  });
});

describe('dashboards plan', () => {
  it('shows what is not there yet, changes nothing, and exits with 1', async () => {
    const { exitCode, out } = await run('dashboards plan --vendor sentry');
    expect(out).toMatchInlineSnapshot(`
      "Sentry: projects qr-backend and qr-frontend of acme, all environments

      create  dashboard "QR platform: issues [qr-obs: qr-backend]"
          projects: qr-backend, qr-frontend
          environment: all
          period: 24h
          "Errors": line by 1h of error-events: count(), 4 x 2 at column 0, row 0
          "Errors" says: How many were reported. The rule "Error spike" fires above 100 an hour.
          "People who met an error": big_number by 1h of error-events: count_unique(user), 2 x 2 at column 4, row 0
          "People who met an error" says: One person with a hundred errors is another problem than a hundred people with one.
          "New issues": table by 1h of issue: issue, title, assignee where is:unresolved firstSeen:-24h ordered by date, 6 x 3 at column 0, row 2
          "New issues" says: Seen for the first time within a day, and not yet resolved.
          "Errors by kind": table by 1h of error-events: title, count(), count_unique(user) ordered by -count(), 3 x 3 at column 0, row 5
          "Errors by kind" says: What to look at first.
          "Errors by route": table by 1h of error-events: transaction, count() ordered by -count(), 3 x 3 at column 3, row 5
          "Errors by route" says: Where it hurts.
      create  dashboard "QR platform: performance [qr-obs: qr-backend]"
          projects: qr-backend, qr-frontend
          environment: all
          period: 24h
          "Slowest request in twenty": line by 1h of spans: p95(span.duration) where is_transaction:true span.op:http.server, 3 x 2 at column 0, row 0
          "Slowest request in twenty" says: In milliseconds. The rule "Slow requests" fires above 5000.
          "Typical request": line by 1h of spans: p50(span.duration) where is_transaction:true span.op:http.server, 3 x 2 at column 3, row 0
          "Typical request" says: Half of them took no longer, in milliseconds.
          "Requests": area by 1h of spans: count(span.duration) where is_transaction:true span.op:http.server, 3 x 2 at column 0, row 2
          "Requests" says: How many; an estimate where only a share is traced.
          "Failed requests": line by 1h of spans: failure_rate() where is_transaction:true span.op:http.server, 3 x 2 at column 3, row 2
          "Failed requests" says: The share that did not end well, 0 to 1.
          "Slowest routes": table by 1h of spans: transaction, p95(span.duration), p50(span.duration), count(span.duration) where is_transaction:true span.op:http.server ordered by -p95(span.duration), 6 x 3 at column 0, row 4
          "Slowest routes" says: By the slowest request in twenty, in milliseconds.
      create  dashboard "QR platform: releases [qr-obs: qr-backend]"
          projects: qr-backend, qr-frontend
          environment: all
          period: 14d
          "Errors by release": area by 1h of error-events: release, count() ordered by -count(), 5 groups, 6 x 2 at column 0, row 0
          "Errors by release" says: A new colour that rises fast is a release to take back.
          "Releases": table by 1h of error-events: release, count(), count_unique(user) where has:release ordered by -count(), 3 x 3 at column 0, row 2
          "Releases" says: Errors, and how many people met one.
          "Speed of releases": table by 1h of spans: release, p95(span.duration), failure_rate() where is_transaction:true span.op:http.server has:release ordered by -p95(span.duration), 3 x 3 at column 3, row 2
          "Speed of releases" says: The slowest request in twenty, in milliseconds, and the share of failed ones.

      3 to create.
      \`qr-obs dashboards apply\` does it."
    `);
    expect(exitCode).toBe(1);
    expect(fake.writes()).toEqual([]);
  });

  it('shows widget by widget what someone has changed', async () => {
    await run('dashboards apply --vendor sentry');
    const widgets = titled(`QR platform: releases ${MARK}`)['widgets'] as Record<string, unknown>[];
    const [first, second] = widgets;
    if (!first || !second) throw new Error('Nothing was applied.');
    first['displayType'] = 'bar';
    second['title'] = 'My releases';
    const { exitCode, out } = await run('dashboards plan --vendor sentry');
    expect(out).toMatchInlineSnapshot(`
      "Sentry: projects qr-backend and qr-frontend of acme, all environments

      unchanged  dashboard "QR platform: issues [qr-obs: qr-backend]" (id 1011)
      unchanged  dashboard "QR platform: performance [qr-obs: qr-backend]" (id 1022)
      change  dashboard "QR platform: releases [qr-obs: qr-backend]" (id 1029)
          "Errors by release": bar by 1h of error-events: release, count() ordered by -count(), 5 groups, 6 x 2 at column 0, row 0 -> area by 1h of error-events: release, count() ordered by -count(), 5 groups, 6 x 2 at column 0, row 0
          "Releases": nothing -> table by 1h of error-events: release, count(), count_unique(user) where has:release ordered by -count(), 3 x 3 at column 0, row 2
          "Releases" says: nothing -> Errors, and how many people met one.
          "My releases": table by 1h of error-events: release, count(), count_unique(user) where has:release ordered by -count(), 3 x 3 at column 0, row 2 -> nothing
          "My releases" says: Errors, and how many people met one. -> nothing

      1 to change, 2 unchanged.
      \`qr-obs dashboards apply\` does it."
    `);
    expect(exitCode).toBe(1);
  });

  it('shows the steps for Mixpanel, which has no API for boards', async () => {
    const { exitCode, out } = await run('dashboards plan --vendor mixpanel');
    expect(out).toMatchInlineSnapshot(`
      "Mixpanel

      Mixpanel has no public API for boards, reports and cohorts, so that nothing is compared here. By hand:

      Board "QR platform: insights"
        1. Open https://mixpanel.com/project/42/app/boards, make a new board and name it "QR platform: insights". Description: What people do, day by day.
        2. Add the report "Signups a day": Insights, signup_completed (Total Events) and signup_failed (Total Events), as a line, by day; the last 30 days.
        3. Add the report "Codes made": Insights, qr_created (Total Events), as bars, broken down by qr_type; the last 30 days.
        4. Add the report "Scans an hour": Insights, qr_scanned (Total Events) and qr_scan_failed (Total Events), as a line, by hour; the last 7 days.
        5. Add the report "Scans by country": Insights, qr_scanned (Total Events), as bars, broken down by country; the last 30 days.
        6. Add the report "People at work": Insights, dashboard_viewed (Unique Users), as a line, by week; the last 90 days.

      Board "QR platform: funnels"
        1. Open https://mixpanel.com/project/42/app/boards, make a new board and name it "QR platform: funnels". Description: Where people stop.
        2. Add the report "From a visit to a scan": Funnels, steps page_viewed, then signup_completed, then qr_created, then qr_scanned; uniques, in this order, within 7 days; the last 30 days. A scan is done by a visitor under an id of the day, so that the last step counts only scans that bear the id of the account: as good as none. Read it up to qr_created.
        3. Add the report "First code within a week": Funnels, steps signup_completed, then qr_created; uniques, in this order, within 7 days; the last 14 days. The rule "Conversion drop" fires below 5 %.
        4. Add the report "Microsite to the public": Funnels, steps microsite_created, then microsite_published; uniques, in this order, within 7 days; the last 30 days.
        5. Add the report "From a first code to a larger plan": Funnels, steps qr_created, then plan_upgraded; uniques, in this order, within 30 days; the last 90 days.

      Board "QR platform: retention"
        1. Open https://mixpanel.com/project/42/app/boards, make a new board and name it "QR platform: retention". Description: Who comes back.
        2. Add the report "Back to the dashboard after signing up": Retention, first signup_completed, then dashboard_viewed, by week, counted "On or After"; the last 84 days.
        3. Add the report "Another code in another week": Retention, first qr_created, then qr_created, by week, counted "On"; the last 84 days.

      Cohort "Makers"
        1. Open https://mixpanel.com/project/42/app/boards, go to Cohorts and make a new one: users who did qr_created at least 3 times in the last 30 days.
        2. Save it as "Makers". Description: Made three codes or more within a month.

      Cohort "Signed up, made nothing"
        1. Open https://mixpanel.com/project/42/app/boards, go to Cohorts and make a new one: users who did signup_completed at least once in the last 14 days, and who did not do qr_created in the last 14 days.
        2. Save it as "Signed up, made nothing". Description: Signed up within two weeks and have no code yet: whom to help.

      Cohort "Gone quiet"
        1. Open https://mixpanel.com/project/42/app/boards, go to Cohorts and make a new one: users who did qr_created at least once in the last 90 days, and who did not do dashboard_viewed in the last 30 days.
        2. Save it as "Gone quiet". Description: Made a code within three months and did not look at their dashboard within one."
    `);
    expect(exitCode).toBe(0);
  });

  it('leads to no project of Mixpanel as long as none is set, and never to the inbox', async () => {
    const inbox = 'http://127.0.0.1:4600';
    const env = { INBOX_URL: inbox, MIXPANEL_API_HOST: inbox, MIXPANEL_APP_HOST: inbox };
    const { out } = await runInTest(['dashboards', 'plan', '--vendor', 'mixpanel'], { env });
    expect(out).toContain('Open https://mixpanel.com, make a new board');
    expect(out).toContain('With MIXPANEL_PROJECT_ID set');
    expect(out).not.toContain(inbox);
  });
});

describe('dashboards apply', () => {
  it('makes what is not there, and changes nothing the second time', async () => {
    const { exitCode, out } = await run('dashboards apply --vendor sentry');
    expect(out).toMatchInlineSnapshot(`
      "Sentry: projects qr-backend and qr-frontend of acme, all environments

      created  dashboard "QR platform: issues [qr-obs: qr-backend]" (id 1011)
      created  dashboard "QR platform: performance [qr-obs: qr-backend]" (id 1022)
      created  dashboard "QR platform: releases [qr-obs: qr-backend]" (id 1029)"
    `);
    expect(exitCode).toBe(0);
    const before = fake.writes().length;
    const again = await run('dashboards apply --vendor sentry --prune');
    expect(again.exitCode).toBe(0);
    expect(again.out.match(/unchanged/g)).toHaveLength(dashboards.sentry.length);
    expect(fake.writes()).toHaveLength(before);
    expect((await run('dashboards plan --vendor sentry')).exitCode).toBe(0);
  });

  it('shows one environment when one is set', async () => {
    await run('dashboards apply --vendor sentry', { SENTRY_ENVIRONMENT: 'production' });
    expect(titled(`QR platform: issues ${MARK}`)).toMatchObject({ environment: ['production'], projects: [1, 2] });
  });

  it('puts back what someone has changed, in the same widgets, and leaves what they filter by', async () => {
    await run('dashboards apply --vendor sentry');
    const dashboard = titled(`QR platform: performance ${MARK}`);
    const before = structuredClone(dashboard);
    const [first, ...rest] = dashboard['widgets'] as Record<string, unknown>[];
    dashboard['widgets'] = [{ ...first, title: 'Added by hand', id: '77' }, { ...first, interval: '5m' }, ...rest];
    dashboard['filters'] = { release: ['qr@1'] };
    const { out } = await run('dashboards apply --vendor sentry');
    expect(out).toContain(`changed  dashboard "QR platform: performance ${MARK}"`);
    expect(titled(`QR platform: performance ${MARK}`)).toEqual({ ...before, filters: { release: ['qr@1'] } });
  });

  it('never touches one of the same title that is not ours', async () => {
    fake.store.dashboards.push({ id: '5', title: 'QR platform: issues', widgets: [], projects: [] });
    const { exitCode, out } = await run('dashboards apply --vendor sentry --prune');
    expect(out).toContain(
      `One of the name "QR platform: issues" is there and not ours: rename it, or add " ${MARK}" to its title to hand it over.`,
    );
    expect(exitCode).toBe(1);
    expect(fake.store.dashboards[0]).toEqual({ id: '5', title: 'QR platform: issues', widgets: [], projects: [] });
    expect(fake.store.dashboards).toHaveLength(dashboards.sentry.length);
  });

  it('refuses when there are several of ours', async () => {
    await run('dashboards apply --vendor sentry');
    fake.store.dashboards.push({ ...titled(`QR platform: issues ${MARK}`), id: '6' });
    const before = fake.writes().length;
    const { exitCode, out } = await run('dashboards apply --vendor sentry');
    expect(out).toContain('There are several of the name "QR platform: issues"');
    expect(exitCode).toBe(1);
    expect(fake.writes()).toHaveLength(before);
  });

  it('deletes what is no longer in the file, and ours, only when that is asked for', async () => {
    const old = { widgets: [], projects: [] };
    fake.store.dashboards.push({ id: '5', title: `Old ${MARK}`, ...old }, { id: '6', title: 'Old', ...old });
    fake.store.dashboards.push({ id: '7', title: 'Old [qr-obs: other]', ...old });
    const reported = await run('dashboards apply --vendor sentry');
    expect(reported.out).toContain(
      `left alone  dashboard "Old ${MARK}" (id 5)\n    No longer in the file; --prune deletes it.`,
    );
    expect(reported.exitCode).toBe(0);
    await run('dashboards apply --vendor sentry --prune');
    expect(fake.store.dashboards.map(({ id }) => id)).not.toContain('5');
    expect(fake.store.dashboards.map(({ id }) => id)).toEqual(expect.arrayContaining(['6', '7']));
  });

  it('takes one of ours that was made in the meantime, which Sentry answers with 409', async () => {
    fake.fail({ request: 'POST dashboards/', answer: 409, isStored: true });
    const { exitCode } = await run('dashboards apply --vendor sentry');
    expect(exitCode).toBe(0);
    expect(fake.store.dashboards).toHaveLength(dashboards.sentry.length);
  });

  it('says how to go on when the page has no project', async () => {
    const { exitCode, notes } = await run('dashboards apply', { SENTRY_PROJECT: 'page' });
    expect(notes).toBe(
      'acme has no project page: SENTRY_PROJECT must be one of its projects (qr-backend, qr-frontend).',
    );
    expect(exitCode).toBe(2);
  });
});

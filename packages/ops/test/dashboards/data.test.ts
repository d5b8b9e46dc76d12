import type { Dashboards, InsightsReport } from '@qr/alerts/config';
import { plan } from '@qr/events';
import { dashboards } from '@qr/observability/dashboards';
import type { Plan } from '@qr/plan';
import { describe, expect, it } from 'vitest';
import { placesOf } from '../../src/dashboards/board.ts';

const { sentry: sentryDashboards, mixpanelBoards, mixpanelCohorts }: Required<Dashboards> = dashboards;
const events: Plan['events'] = plan.events;
const reports = mixpanelBoards.flatMap(({ reports: inside }) => inside);
const insights = reports.filter((report): report is InsightsReport => report.kind === 'insights');

describe('the boards of Mixpanel', () => {
  it('cover insights, funnels, retention and cohorts', () => {
    expect(new Set(reports.map(({ kind }) => kind))).toEqual(new Set(['insights', 'funnel', 'retention']));
    expect(mixpanelCohorts).not.toHaveLength(0);
  });

  it('name events that Mixpanel receives', () => {
    const named = [
      ...insights.flatMap(({ metrics }) => metrics.map(({ event }) => event)),
      ...reports.flatMap((report) => (report.kind === 'funnel' ? report.steps : [])),
      ...reports.flatMap((report) => (report.kind === 'retention' ? [report.birth, report.comeback] : [])),
      ...mixpanelCohorts.flatMap(({ conditions }) => conditions.map(({ event }) => event)),
    ];
    expect(named.filter((name) => !events[name]?.destinations.includes('mixpanel'))).toEqual([]);
  });

  it('break down by properties that all their events have', () => {
    for (const { title, breakdown, metrics } of insights) {
      if (breakdown === undefined) continue;
      for (const { event } of metrics) expect(events[event]?.schema.properties, title).toHaveProperty(breakdown);
    }
  });

  it('ask for no more days than Mixpanel shows', () => {
    const most = { hour: 31, day: 365, week: 365 };
    for (const { title, unit, lastDays } of insights) expect(lastDays, title).toBeLessThanOrEqual(most[unit]);
    for (const report of reports) if (report.kind === 'funnel') expect(report.windowDays).toBeLessThanOrEqual(366);
  });

  it('have a name of their own each', () => {
    const names = [...mixpanelBoards.map(({ title }) => title), ...reports.map(({ title }) => title)];
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the dashboards of Sentry', () => {
  it('cover issues, performance and releases', () => {
    expect(sentryDashboards.map(({ title }) => title.replace('QR platform: ', ''))).toEqual([
      'issues',
      'performance',
      'releases',
    ]);
  });

  it('measure durations in spans only', () => {
    for (const widget of sentryDashboards.flatMap(({ widgets }) => widgets)) {
      if (JSON.stringify(widget.aggregates).includes('duration')) expect(widget.dataset).toBe('spans');
      if (widget.dataset === 'spans') expect(widget.conditions).toContain('is_transaction:true');
    }
  });

  it('limit the groups of charts, which would draw any number', () => {
    for (const { title, display, columns, limit } of sentryDashboards.flatMap(({ widgets }) => widgets))
      if (display !== 'table' && columns) expect(limit, title).toBeLessThanOrEqual(10);
  });

  it.each(sentryDashboards)('$title places no widget on another, or beside the grid', ({ widgets }) => {
    const taken = new Set<string>();
    for (const { x, y, w, h } of placesOf(widgets)) {
      expect(x + w).toBeLessThanOrEqual(6);
      for (let column = x; column < x + w; column++)
        for (let row = y; row < y + h; row++) {
          expect(taken).not.toContain(`${column},${row}`);
          taken.add(`${column},${row}`);
        }
    }
  });
});

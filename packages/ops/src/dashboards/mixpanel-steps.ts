import type {
  CohortCondition,
  FunnelReport,
  InsightsReport,
  MixpanelBoard,
  MixpanelCohort,
  MixpanelReport,
  RetentionReport,
} from '@qr/alerts/config';
import type { ManualSteps, MixpanelPages } from '../as-code/render.ts';

export const MIXPANEL_BOARDS_INTRODUCTION =
  'Mixpanel has no public API for boards, reports and cohorts, so that nothing is compared here. By hand:';

/** How to make a board with its reports on Mixpanel's pages. */
export function boardSteps({ title, description, reports }: MixpanelBoard, { page }: MixpanelPages): ManualSteps {
  return {
    title: `Board "${title}"`,
    steps: [
      `Open ${page('boards')}, make a new board and name it "${title}". Description: ${description}`,
      ...reports.map(
        (report) =>
          `Add the report "${report.title}": ${sayReport(report)}; the last ${report.lastDays} days.${report.caution ? ` ${report.caution}` : ''}`,
      ),
    ],
  };
}

/** How to make a cohort. */
export function cohortSteps({ name, description, conditions }: MixpanelCohort, { page }: MixpanelPages): ManualSteps {
  return {
    title: `Cohort "${name}"`,
    steps: [
      `Open ${page('boards')}, go to Cohorts and make a new one: users who ${conditions.map(sayCondition).join(', and who ')}.`,
      `Save it as "${name}". Description: ${description}`,
    ],
  };
}

function sayReport(report: MixpanelReport): string {
  if (report.kind === 'insights') return sayInsights(report);
  return report.kind === 'funnel' ? sayFunnel(report) : sayRetention(report);
}

function sayInsights({ metrics, chart, unit, breakdown }: InsightsReport): string {
  const events = metrics.map(({ event, count }) => `${event} (${count === 'total' ? 'Total Events' : 'Unique Users'})`);
  const shape = chart === 'line' ? `a line, by ${unit}` : 'bars';
  return `Insights, ${events.join(' and ')}, as ${shape}${breakdown === undefined ? '' : `, broken down by ${breakdown}`}`;
}

function sayFunnel({ steps, windowDays }: FunnelReport): string {
  return `Funnels, steps ${steps.join(', then ')}; uniques, in this order, within ${windowDays} days`;
}

function sayRetention({ birth, comeback, unit, criteria }: RetentionReport): string {
  return `Retention, first ${birth}, then ${comeback}, by ${unit}, counted "${criteria === 'on' ? 'On' : 'On or After'}"`;
}

function sayCondition({ event, times, lastDays }: CohortCondition): string {
  const when = `in the last ${lastDays} days`;
  if ('atLeast' in times) return `did ${event} at least ${sayTimes(times.atLeast)} ${when}`;
  return times.atMost === 0 ? `did not do ${event} ${when}` : `did ${event} at most ${sayTimes(times.atMost)} ${when}`;
}

function sayTimes(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}

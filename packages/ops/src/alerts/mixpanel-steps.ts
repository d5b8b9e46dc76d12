import type { AlertRule, Condition, ConversionMeasure, EventsMeasure } from '@qr/alerts';
import type { ManualSteps, MixpanelPages } from '../as-code/render.ts';

/** Above the steps. Plans and roles after https://docs.mixpanel.com/docs/features/alerts. */
export const MIXPANEL_ALERTS_INTRODUCTION =
  'Mixpanel has no public API for alerts, so that nothing is compared here. By hand, with a paid plan (five alerts on Growth) and the role of an analyst:';

const AN = { hour: 'an hour', day: 'a day' } as const;

/** How to make the alert of a rule on Mixpanel's pages; `undefined` for a rule that is not Mixpanel's. */
export function mixpanelAlertSteps(rule: AlertRule, pages: MixpanelPages): ManualSteps | undefined {
  const { measure } = rule;
  if (measure.kind === 'events') return { title: rule.name, steps: eventSteps(rule, measure, pages) };
  if (measure.kind === 'conversion') return { title: rule.name, steps: conversionSteps(rule, measure, pages) };
  return undefined;
}

function eventSteps(
  rule: AlertRule,
  { event, unit, count }: EventsMeasure,
  { page }: MixpanelPages,
): readonly string[] {
  const counted = count === 'total' ? 'Total Events' : 'Unique Users';
  const range = unit === 'hour' ? 'the last 7 days' : 'the last 30 days';
  return [
    `Open ${page('insights')} and make a report: event ${event}, ${counted}, as a line, by ${unit}, ${range}. Save it as "${rule.name}".`,
    ...alertSteps(
      rule,
      `${sayBound(rule.condition, String)} (${count === 'total' ? 'events' : 'people'} ${AN[unit]})`,
      unit,
    ),
  ];
}

function conversionSteps(
  rule: AlertRule,
  { steps, windowDays, days }: ConversionMeasure,
  { page }: MixpanelPages,
): readonly string[] {
  const lastDays = windowDays + days;
  return [
    `Open ${page('funnels')} and make a report: steps ${steps.join(', then ')}; uniques, in this order, within ${windowDays} days; the last ${lastDays} days. Save it as "${rule.name}".`,
    `Know that Mixpanel counts those whose ${windowDays} days are not over as not converted, so that its figure is lower than that of \`qr-obs alerts check\`.`,
    ...alertSteps(rule, `${sayBound(rule.condition, toPercent)} (of those who did the first step)`, 'day'),
  ];
}

function alertSteps(
  { name, description, owner }: AlertRule,
  bound: string,
  unit: EventsMeasure['unit'],
): readonly string[] {
  return [
    `Click the bell in the report's header, then Create Alert, and name it "${name}".`,
    `Choose Custom Threshold: ${bound}. ${description}`,
    `Tell the team ${owner} by e-mail or Slack, at any time, at most once ${AN[unit]}. Save.`,
  ];
}

function sayBound(condition: Condition, say: (bound: number) => string): string {
  return 'above' in condition ? `Above ${say(condition.above)}` : `Below ${say(condition.below)}`;
}

/** The rules have shares from 0 to 1; the page shows and takes percent. */
function toPercent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

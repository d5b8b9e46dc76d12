import type { MixpanelBoard, MixpanelCohort } from '@qr/alerts/config';
import type { BrowserEventName, ServerEventName } from '@qr/events';

type PlannedEvent = BrowserEventName | ServerEventName;

const insights: MixpanelBoard<PlannedEvent> = {
  title: 'QR platform: insights',
  description: 'What people do, day by day.',
  reports: [
    {
      kind: 'insights',
      title: 'Signups a day',
      metrics: [
        { event: 'signup_completed', count: 'total' },
        { event: 'signup_failed', count: 'total' },
      ],
      chart: 'line',
      unit: 'day',
      lastDays: 30,
    },
    {
      kind: 'insights',
      title: 'Codes made',
      metrics: [{ event: 'qr_created', count: 'total' }],
      chart: 'bar',
      unit: 'day',
      lastDays: 30,
      breakdown: 'qr_type',
    },
    {
      kind: 'insights',
      title: 'Scans an hour',
      metrics: [
        { event: 'qr_scanned', count: 'total' },
        { event: 'qr_scan_failed', count: 'total' },
      ],
      chart: 'line',
      unit: 'hour',
      lastDays: 7,
    },
    {
      kind: 'insights',
      title: 'Scans by country',
      metrics: [{ event: 'qr_scanned', count: 'total' }],
      chart: 'bar',
      unit: 'day',
      lastDays: 30,
      breakdown: 'country',
    },
    {
      kind: 'insights',
      title: 'People at work',
      metrics: [{ event: 'dashboard_viewed', count: 'unique' }],
      chart: 'line',
      unit: 'week',
      lastDays: 90,
    },
  ],
};

const funnels: MixpanelBoard<PlannedEvent> = {
  title: 'QR platform: funnels',
  description: 'Where people stop.',
  reports: [
    {
      kind: 'funnel',
      title: 'From a visit to a scan',
      steps: ['page_viewed', 'signup_completed', 'qr_created', 'qr_scanned'],
      windowDays: 7,
      lastDays: 30,
      caution:
        'A scan is done by a visitor under an id of the day, so that the last step counts only scans that bear the id of the account: as good as none. Read it up to qr_created.',
    },
    {
      kind: 'funnel',
      title: 'First code within a week',
      steps: ['signup_completed', 'qr_created'],
      windowDays: 7,
      lastDays: 14,
      caution: 'The rule "Conversion drop" fires below 5 %.',
    },
    {
      kind: 'funnel',
      title: 'Microsite to the public',
      steps: ['microsite_created', 'microsite_published'],
      windowDays: 7,
      lastDays: 30,
    },
    {
      kind: 'funnel',
      title: 'From a first code to a larger plan',
      steps: ['qr_created', 'plan_upgraded'],
      windowDays: 30,
      lastDays: 90,
    },
  ],
};

const retention: MixpanelBoard<PlannedEvent> = {
  title: 'QR platform: retention',
  description: 'Who comes back.',
  reports: [
    {
      kind: 'retention',
      title: 'Back to the dashboard after signing up',
      birth: 'signup_completed',
      comeback: 'dashboard_viewed',
      unit: 'week',
      criteria: 'on_or_after',
      lastDays: 84,
    },
    {
      kind: 'retention',
      title: 'Another code in another week',
      birth: 'qr_created',
      comeback: 'qr_created',
      unit: 'week',
      criteria: 'on',
      lastDays: 84,
    },
  ],
};

/** What growth and product look at. */
export const mixpanelBoards: readonly MixpanelBoard<PlannedEvent>[] = [insights, funnels, retention];

/** People to compare with each other in any of these reports. */
export const mixpanelCohorts: readonly MixpanelCohort<PlannedEvent>[] = [
  {
    name: 'Makers',
    description: 'Made three codes or more within a month.',
    conditions: [{ event: 'qr_created', times: { atLeast: 3 }, lastDays: 30 }],
  },
  {
    name: 'Signed up, made nothing',
    description: 'Signed up within two weeks and have no code yet: whom to help.',
    conditions: [
      { event: 'signup_completed', times: { atLeast: 1 }, lastDays: 14 },
      { event: 'qr_created', times: { atMost: 0 }, lastDays: 14 },
    ],
  },
  {
    name: 'Gone quiet',
    description: 'Made a code within three months and did not look at their dashboard within one.',
    conditions: [
      { event: 'qr_created', times: { atLeast: 1 }, lastDays: 90 },
      { event: 'dashboard_viewed', times: { atMost: 0 }, lastDays: 30 },
    ],
  },
];

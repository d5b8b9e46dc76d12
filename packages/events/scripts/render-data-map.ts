import { isPerson, type Plan, type PrivacyClass, privacyOf, reasonOf, sentName } from '@qr/plan';
import type { TObject, TSchema } from 'typebox';

const RECEIVERS: Readonly<Record<string, Receiver>> = { mixpanel: 'Mixpanel', analytics: 'analytics-service' };

/** How long a receiver keeps what it got. What analytics-service does stands in its README. */
const KEPT = {
  Mixpanel: 'as the Mixpanel project says',
  'analytics-service': 'single scans `SCAN_RETENTION_DAYS`, then daily numbers',
  Sentry: 'as the Sentry plan says',
} as const;

type Receiver = keyof typeof KEPT;

/** What the library adds to each event by itself. Mixpanel reference, import-events; `packages/telemetry/src/analytics` and `packages/browser/src/late`. */
const ADDED: readonly (readonly [names: string, meaning: string])[] = [
  ['`time`, `$insert_id`', 'when, in ms, and an id by which a repeat is known'],
  ['`distinct_id`, `$user_id`', 'id of the account; empty for nobody'],
  [
    '`distinct_id`, `$device_id`',
    'instead, of a visitor: from a service an id that changes daily, from a page a random one',
  ],
  ['`ip`', '"0" from a service: Mixpanel must not locate anybody at the address of our server'],
  ['`mp_country_code`', 'the country of the event, where the plan has one and it is known'],
  ['`trace_id`', 'id of the trace that Sentry has'],
  ['`service`, `environment`, `release`, `mp_lib`', 'which process sent it; from a page `mp_lib` alone'],
  [
    '`$os`, `$browser`, `$browser_version`, `$device`, `$screen_*`',
    'from a page only, as the SDK reads them; the first three also of its profiles',
  ],
];

/** What stands in each error and trace without being asked for; `packages/telemetry/src/errors` and `packages/browser/src/late`. */
const ADDED_TO_ERRORS: readonly (readonly [name: string, meaning: string])[] = [
  ['`user.id`', 'id of the account whose request it was; in the page with consent to analytics only'],
  [
    'message, stack',
    'texts without what looks like a secret or an address; no variables; from a service the lines of code around each frame',
  ],
  ['browser, operating system', 'of a page: listed name, major and minor version, from the user agent of the request'],
  ['route, method, path', 'of the request; ids in the path as the plan lists them, other parameters by name'],
  [
    'product events',
    'the last 20 of the request, by name and with ids of things (`qr_id`, `microsite_id`), never of people',
  ],
  [
    'trace, release, environment, service',
    'where and when it happened; runtime, operating system and memory of the process',
  ],
];

interface Row {
  readonly name: string;
  readonly leavesAs: string;
  readonly privacy: string;
  readonly receivers: readonly Receiver[];
}

/**
 * Every piece of data that may leave the platform, with where it goes and how long it stays: the technical half of a register of processing
 * activities. The legal half is not in the code, so its column is empty.
 */
export function renderDataMap(plan: Plan): string {
  const events = Object.entries(plan.events).flatMap(([name, event]) => eventRows(name, event));
  const profile = propertyRows('', plan.profile, ['Mixpanel']);
  return [
    '# Data map',
    '',
    'Generated from the tracking plan by `npm run generate`: every property that may leave, where it goes, and how long it stays there. What the classes',
    'mean, and where each is enforced, is in [privacy.md](privacy.md); what the properties mean, in',
    '[MIXPANEL_EVENTS_TRACKING.md](../MIXPANEL_EVENTS_TRACKING.md).',
    '',
    'The column *lawful basis* is empty by design: it is a decision of whoever runs the platform, and the code cannot know it. Copy the tables into your',
    'register of processing activities and fill it in there; in this file it would be overwritten.',
    '',
    '- *As the Mixpanel project says*, *as the Sentry plan says*: as long as your contract and your settings with the vendor say. Of a person who is to be',
    '  forgotten Mixpanel is asked to delete the profile, and with `MIXPANEL_OAUTH_TOKEN` the events; Sentry is not asked: there a person is an id in',
    '  errors until these expire.',
    '- *Single scans `SCAN_RETENTION_DAYS`*: 90 unless set, and a day of grace. After that analytics-service has numbers by day, code, country, device, browser',
    '  and bot or not, without a visitor, until the owner deletes the account.',
    '- Until it is delivered everything is on the disk of the process that sent it: in its spool, or in `dead/` if the receiver refused it.',
    '',
    '## Added to every event',
    '',
    '| property | what it is | goes to | class | kept | lawful basis |',
    '| --- | --- | --- | --- | --- | --- |',
    ...ADDED.map(([names, meaning]) => `| ${names} | ${meaning} | with the event | plain | with the event | |`),
    '',
    '## Events',
    '',
    ...table(events),
    '',
    '## Profile',
    '',
    ...table(profile),
    '',
    '## Added to every error and trace',
    '',
    '| data | what it is | goes to | class | kept | lawful basis |',
    '| --- | --- | --- | --- | --- | --- |',
    ...ADDED_TO_ERRORS.map(
      ([name, meaning]) => `| ${name} | ${meaning} | Sentry | plain, scrubbed | ${KEPT.Sentry} | |`,
    ),
    '',
    '## Context of errors',
    '',
    'Keys under which contexts, extras, tags, breadcrumb data, and attributes of spans, logs and metrics may leave, besides those that the SDK writes itself and that',
    'say nothing of a person. Values are searched for secrets before they leave.',
    '',
    ...table(plan.context.map((name) => ({ name, leavesAs: name, privacy: 'plain', receivers: ['Sentry'] }))),
    '',
  ].join('\n');
}

function eventRows(name: string, { schema, destinations }: Plan['events'][string]): Row[] {
  const receivers = destinations.flatMap((destination) => RECEIVERS[destination] ?? []);
  // That somebody did it is data as well.
  return [{ name, leavesAs: name, privacy: 'plain', receivers }, ...propertyRows(`${name}.`, schema, receivers)];
}

function propertyRows(prefix: string, schema: TObject, receivers: readonly Receiver[]): Row[] {
  return Object.entries(schema.properties).map(([name, property]) => ({
    name: `${prefix}${name}`,
    leavesAs: leavesAs(name, property),
    privacy: `${privacyOf(property)}${isPerson(property) ? ", a user's id" : ''}`,
    receivers: privacyOf(property) === 'drop' ? [] : receivers,
  }));
}

function leavesAs(name: string, property: TSchema): string {
  const reason = reasonOf(property);
  const wording: Readonly<Record<PrivacyClass, string>> = {
    plain: name,
    verbatim: `${name} (${reason})`,
    hash: sentName(name, property),
    drop: '',
    url: `${name}: origin and path`,
  };
  return wording[privacyOf(property)];
}

function table(rows: readonly Row[]): string[] {
  return [
    '| data | leaves as | goes to | class | kept | lawful basis |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map(({ name, leavesAs: sentAs, privacy, receivers }) => {
      const goesTo = receivers.join(', ') || 'nobody';
      const kept = receivers.map((receiver) => KEPT[receiver]).join('; ') || 'never';
      return `| \`${name}\` | ${sentAs && `\`${sentAs}\``} | ${goesTo} | ${privacy} | ${kept} | |`;
    }),
  ];
}

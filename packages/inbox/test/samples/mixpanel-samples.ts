import type { Sample } from './sample.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json' };
const TIME = Date.now();

const toJson = (payload: unknown): string => JSON.stringify(payload);
const base64 = (payload: unknown): string => Buffer.from(toJson(payload)).toString('base64');
const form =
  (fields: Readonly<Record<string, string>>, encode = toJson) =>
  (payload: unknown): string =>
    new URLSearchParams({ data: encode(payload), ...fields }).toString();

const says1 = (status: number, body: string): boolean => status === 200 && body === '1';
const hasStatus1 = (status: number, body: string): boolean => status === 200 && JSON.parse(body).status === 1;
const isImported = (status: number, body: string): boolean => {
  const answer = JSON.parse(body);
  return status === 200 && answer.code === 200 && answer.status === 'OK' && answer.num_records_imported === 1;
};

const event = (lib: string, properties: object = {}): object => ({
  event: 'Signed up',
  properties: {
    token: 'token',
    distinct_id: 'user-1',
    time: Math.trunc(TIME / 1000),
    $insert_id: 'f0e1d2c3b4a5968778695a4b3c2d1e0f',
    mp_lib: lib,
    $lib_version: '5.0.0',
    plan: 'Žluťoučký + kůň',
    ...properties,
  },
});
const set = (operation: object = { $set: { $name: 'Ann', score: 1 } }, more: object = {}): object => ({
  $token: 'token',
  $distinct_id: 'user-1',
  ...more,
  ...operation,
});

const EVENTS = '/api/events';
const shownEvent = [EVENTS, 'events', { event: 'Signed up', distinctId: 'user-1' }] as const;
const shownProfile = ['/api/profiles', 'profiles', { distinctId: 'user-1', properties: { $name: 'Ann' } }] as const;
const basic = (text: string): { authorization: string } => ({ authorization: `Basic ${btoa(text)}` });

/** What the official SDKs post, each in its own encoding. */
export const mixpanelSamples: readonly Sample[] = [
  {
    name: 'Python: track, with fractions of a second',
    path: '/track',
    headers: FORM,
    payload: event('python', { time: TIME / 1000, ip: '203.0.113.7', $city: 'Brno', trace_id: 'a'.repeat(32) }),
    write: form({ verbose: '1', ip: '0' }),
    isSuccess: hasStatus1,
    shown: shownEvent,
  },
  {
    name: 'Python: import with the secret as user name',
    path: '/import',
    headers: { ...FORM, ...basic('secret:') },
    payload: event('python'),
    write: form({ verbose: '1', ip: '0' }),
    isSuccess: hasStatus1,
    shown: shownEvent,
  },
  {
    name: 'Python: import with the older api_key',
    path: '/import',
    headers: FORM,
    payload: event('python'),
    write: form({ verbose: '1', ip: '0', api_key: 'key' }),
    isSuccess: hasStatus1,
    shown: shownEvent,
  },
  {
    name: 'Python: import without strictness, a device and its user',
    path: '/import?strict=0',
    headers: { ...JSON_TYPE, ...basic('secret:') },
    payload: [
      event('python', {
        $device_id: 'device-1',
        $user_id: 'user-1',
        $group_id: ['acme'],
        $latitude: 50.1,
        $longitude: 14.4,
      }),
    ],
    write: toJson,
    isSuccess: isImported,
    shown: shownEvent,
  },
  {
    name: 'Python: alias',
    path: '/track',
    headers: FORM,
    payload: { event: '$create_alias', properties: { distinct_id: 'user-1', alias: 'other', token: 'token' } },
    write: form({ verbose: '1', ip: '0' }),
    isSuccess: hasStatus1,
    shown: [EVENTS, 'events', { event: '$create_alias' }],
  },
  {
    name: 'Python: merge, without a time',
    path: '/import',
    headers: { ...FORM, ...basic('secret:') },
    payload: { event: '$merge', properties: { $distinct_ids: ['user-1', 'user-2'], token: 'token' } },
    write: form({ verbose: '1', ip: '0' }),
    isSuccess: hasStatus1,
    shown: [EVENTS, 'events', { event: '$merge' }],
  },
  {
    name: 'Python: a buffered batch of profiles',
    path: '/engage',
    headers: FORM,
    payload: [
      set(undefined, { $time: TIME }),
      set({ $append: { $transactions: { $amount: 9.5, $time: '2026-01-01T00:00:00' } } }),
    ],
    write: form({ verbose: '1', ip: '0' }),
    isSuccess: hasStatus1,
    shown: shownProfile,
  },
  {
    name: 'Ruby: track, base64 in a form',
    path: '/track',
    headers: FORM,
    payload: event('ruby'),
    write: form({ verbose: '1' }, base64),
    isSuccess: hasStatus1,
    shown: shownEvent,
  },
  {
    name: 'Ruby: import, the key in the form',
    path: '/import',
    headers: FORM,
    payload: event('ruby'),
    write: form({ verbose: '1', api_key: 'key' }, base64),
    isSuccess: hasStatus1,
    shown: shownEvent,
  },
  {
    name: 'PHP: a batch, base64 without escapes',
    path: '/track',
    headers: FORM,
    payload: [event('php')],
    write: (payload) => `data=${base64(payload)}`,
    isSuccess: says1,
    shown: shownEvent,
  },
  {
    name: 'PHP: profiles, with the address of nobody',
    path: '/engage',
    headers: FORM,
    payload: [set(undefined, { $ip: '0', $ignore_time: true, $time: TIME / 1000 })],
    write: (payload) => `data=${base64(payload)}`,
    isSuccess: says1,
    shown: shownProfile,
  },
  {
    name: 'Java: track, escaped base64 in a gzipped form',
    path: '/track?ip=0',
    headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf8' },
    payload: [event('jdk')],
    write: (payload) => `data=${encodeURIComponent(base64(payload))}`,
    compression: 'gzip',
    isSuccess: says1,
    shown: shownEvent,
  },
  {
    name: 'Java: import, strict JSON',
    path: '/import?strict=1',
    headers: { ...JSON_TYPE, ...basic('token:') },
    payload: [event('jdk', { time: TIME })],
    write: toJson,
    compression: 'gzip',
    isSuccess: isImported,
    shown: shownEvent,
  },
  {
    name: 'Go: track',
    path: '/track?verbose=1',
    headers: { ...JSON_TYPE, accept: 'text/plain' },
    payload: [event('go', { time: TIME })],
    write: toJson,
    isSuccess: hasStatus1,
    shown: shownEvent,
  },
  {
    name: 'Go: import with a service account',
    path: '/import?project_id=117&strict=1&verbose=1',
    headers: { ...JSON_TYPE, ...basic('account.ab12.mp-service-account:secret') },
    payload: [event('go', { time: TIME })],
    write: toJson,
    compression: 'gzip',
    isSuccess: isImported,
    shown: shownEvent,
  },
  {
    name: 'Go: a profile, deleted as the text "null"',
    path: '/engage?verbose=1',
    headers: JSON_TYPE,
    payload: [set({ $delete: 'null', $ignore_alias: 'true' })],
    write: toJson,
    isSuccess: hasStatus1,
    shown: ['/api/timeline', 'records', { kind: 'profile', operations: { $delete: 'null' } }],
  },
  {
    name: 'Go: a group',
    path: '/groups?verbose=1',
    headers: JSON_TYPE,
    payload: [{ $token: 'token', $group_key: 'company', $group_id: 'acme', $set: { seats: '3' } }],
    write: toJson,
    isSuccess: hasStatus1,
    shown: ['/api/profiles', 'profiles', { distinctId: 'acme', groupKey: 'company' }],
  },
  {
    name: 'Swift: a batch in JSON',
    path: '/track/?ip=1',
    headers: JSON_TYPE,
    payload: [
      event('swift', {
        time: TIME,
        distinct_id: '$device:3f2504e0-4f89-41d3-9a0c-0305e82c3301',
        $device_id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
        $user_id: 'user-1',
        $had_persisted_distinct_id: false,
        mp_device_model: 'iPhone15,2',
      }),
    ],
    write: toJson,
    compression: 'gzip',
    isSuccess: says1,
    shown: shownEvent,
  },
  {
    name: 'Swift: profiles in JSON',
    path: '/engage/?ip=0',
    headers: JSON_TYPE,
    payload: [set(undefined, { $had_persisted_distinct_id: true, $device_id: 'a', $user_id: 'user-1' })],
    write: toJson,
    isSuccess: says1,
    shown: shownProfile,
  },
  {
    name: 'JavaScript: one event in the query',
    method: 'GET',
    path: '/track/?verbose=1&ip=1',
    headers: {},
    payload: event('web'),
    write: base64,
    queryField: 'data',
    isSuccess: hasStatus1,
    shown: shownEvent,
  },
  {
    name: 'JavaScript: sent by sendBeacon',
    path: '/track/?verbose=1&ip=1',
    headers: { 'content-type': 'text/plain;charset=UTF-8' },
    payload: [event('web', { $user_id: 'user-1', $device_id: 'd', $current_url: 'https://shop.example/' })],
    write: (payload) => `data=${encodeURIComponent(toJson(payload))}`,
    isSuccess: hasStatus1,
    shown: shownEvent,
  },
];

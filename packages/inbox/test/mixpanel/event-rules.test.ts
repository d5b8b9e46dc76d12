import { describe, expect, it } from 'vitest';
import { type EventContext, judgeEvent } from '../../src/mixpanel/event-rules.ts';
import { FORBIDDEN_IDS } from '../../src/mixpanel/limits.ts';
import { goodEvent } from '../requests.ts';

const NOW = Date.UTC(2026, 5, 1);
const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;
const SENDER = { address: '127.0.0.1', looksLikeServer: true, ip: undefined };
const IMPORT: EventContext = { endpoint: 'import', strict: true, now: NOW, sender: SENDER, idMerge: 'simplified' };
const TRACK: EventContext = { ...IMPORT, endpoint: 'track', strict: false };

/** An event of now; `undefined` takes a property away. */
function eventWith(changes: Record<string, unknown>): unknown {
  const { event, properties } = goodEvent({ time: NOW, ...changes });
  return {
    event,
    properties: Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)),
  };
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { a: nested(depth - 1) };
}

function fieldsNamed(count: number): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, index]));
}

describe('/import with strict=1 refuses', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['what is no object', 'text', 'event', /JSON object/],
    ['a missing event name', { properties: {} }, 'event', /non-empty/],
    ['an empty event name', { event: '', properties: {} }, 'event', /non-empty/],
    ['missing properties', { event: 'a' }, 'properties', /JSON object/],
    ['a missing time', eventWith({ time: undefined }), 'properties.time', /seconds since epoch/],
    ['a time in words', eventWith({ time: '2026-01-01' }), 'properties.time', /seconds since epoch/],
    ['a time before 1971', eventWith({ time: 31_535_999 }), 'properties.time', /1971/],
    ['a time over an hour ahead', eventWith({ time: NOW + HOUR + 1 }), 'properties.time', /1 hour/],
    ['a time in a text', eventWith({ time: String(NOW) }), 'properties.time', /seconds since epoch/],
    ['a time with a fraction', eventWith({ time: NOW + 0.5 }), 'properties.time', /seconds since epoch/],
    ['a distinct_id that is a number', eventWith({ distinct_id: 12345 }), 'properties.distinct_id', /string/],
    ['a placeholder as $user_id', eventWith({ $user_id: 'null' }), 'properties.$user_id', /not allowed/],
    ['a placeholder as $device_id', eventWith({ $device_id: 'undefined' }), 'properties.$device_id', /not allowed/],
    ['a missing distinct_id', eventWith({ distinct_id: undefined }), 'properties.distinct_id', /missing/],
    ['a distinct_id that is a list', eventWith({ distinct_id: ['u'] }), 'properties.distinct_id', /string/],
    ['a missing $insert_id', eventWith({ $insert_id: undefined }), 'properties.$insert_id', /missing/],
    ['an empty $insert_id', eventWith({ $insert_id: '' }), 'properties.$insert_id', /non-empty/],
    ['an $insert_id of 37 bytes', eventWith({ $insert_id: 'a'.repeat(37) }), 'properties.$insert_id', /36 bytes/],
    ['an $insert_id with an underscore', eventWith({ $insert_id: 'a_b' }), 'properties.$insert_id', /alphanumeric/],
    ['255 properties', eventWith(fieldsNamed(251)), 'properties', /fewer than 255/],
    ['an object nested four deep', eventWith({ deep: nested(4) }), 'properties.deep', /3 levels/],
    ['a list of 255 elements', eventWith({ list: Array(255).fill(0) }), 'properties.list', /fewer than 255/],
  ])('%s', (_what, event, field, message) => {
    const judged = judgeEvent(event, IMPORT);
    expect(judged).toMatchObject({ verdict: 'refuse', failure: { field } });
    expect(judged.verdict === 'refuse' && judged.failure.message).toMatch(message);
  });

  it.each([...FORBIDDEN_IDS])('the placeholder %s as distinct_id and as $insert_id', (id) => {
    expect(judgeEvent(eventWith({ distinct_id: id }), IMPORT).verdict).toBe('refuse');
    expect(judgeEvent(eventWith({ $insert_id: id }), IMPORT).verdict).toBe('refuse');
  });
});

describe('/import with strict=1 keeps', () => {
  it.each<[string, unknown]>([
    ['an event of nobody', eventWith({ distinct_id: '' })],
    ['an event of 1971', eventWith({ time: Date.UTC(1971, 0, 1) / 1000 })],
    ['an event half an hour ahead', eventWith({ time: NOW + HOUR / 2 })],
    ['254 properties', eventWith(fieldsNamed(250))],
    ['an object nested three deep', eventWith({ deep: nested(3) })],
    ['an $insert_id of 36 bytes', eventWith({ $insert_id: 'a'.repeat(36) })],
  ])('%s', (_what, event) => {
    expect(judgeEvent(event, IMPORT).verdict).toBe('keep');
  });

  it('a time in seconds as the same moment in milliseconds', () => {
    const judged = judgeEvent(eventWith({ time: NOW / 1000 }), IMPORT);
    expect(judged).toMatchObject({ verdict: 'keep', record: { time: NOW } });
  });

  it('strings and names of 300 characters, cut to 255', () => {
    const judged = judgeEvent(eventWith({ long: 'x'.repeat(300), ['n'.repeat(300)]: 1 }), IMPORT);
    const properties = judged.verdict === 'keep' && judged.record.kind === 'event' ? judged.record.properties : {};
    expect(String(properties['long'])).toHaveLength(255);
    expect(Object.keys(properties)).toContain('n'.repeat(255));
  });
});

describe('/track', () => {
  it.each<[string, unknown, string]>([
    ['without a token', eventWith({ token: undefined }), 'properties.token'],
    ['with a forbidden distinct_id', eventWith({ distinct_id: 'anonymous' }), 'properties.distinct_id'],
  ])('refuses an event %s', (_what, event, field) => {
    expect(judgeEvent(event, TRACK)).toMatchObject({ verdict: 'refuse', failure: { field } });
  });

  it.each<[string, unknown]>([
    ['older than 5 days', eventWith({ time: NOW - 5 * DAY - 1 })],
    ['with $ignore', eventWith({ $ignore: true })],
  ])('drops an event %s without a word', (_what, event) => {
    expect(judgeEvent(event, TRACK).verdict).toBe('drop');
  });

  it('keeps an event of exactly 5 days ago', () => {
    expect(judgeEvent(eventWith({ time: NOW - 5 * DAY }), TRACK).verdict).toBe('keep');
  });

  it('gives an event without time, id and user the arrival, a new id and a hash of the address', () => {
    const event = eventWith({ time: undefined, distinct_id: undefined, $insert_id: undefined });
    const judged = judgeEvent(event, TRACK);
    expect(judged).toMatchObject({ verdict: 'keep', record: { time: NOW } });
    expect(judged.verdict === 'keep' && judged.record).toMatchObject({
      distinctId: expect.stringMatching(/^[0-9a-f]{32}$/),
      insertId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('cuts a long id to 255 bytes, like any text', () => {
    const judged = judgeEvent(eventWith({ distinct_id: 'ž'.repeat(200) }), TRACK);
    expect(judged).toMatchObject({ verdict: 'keep', record: { distinctId: 'ž'.repeat(127) } });
    const device = judgeEvent(eventWith({ distinct_id: undefined, $device_id: 'd'.repeat(300) }), TRACK);
    expect(device).toMatchObject({ record: { distinctId: `$device:${'d'.repeat(255)}` } });
  });

  it('takes the arrival for a time in the future', () => {
    expect(judgeEvent(eventWith({ time: NOW + DAY }), TRACK)).toMatchObject({ record: { time: NOW } });
  });

  it.each([
    [{ $user_id: 'u', $device_id: 'd' }, 'u'],
    [{ $device_id: 'd' }, '$device:d'],
  ])('names the user of %j as %s', (ids, distinctId) => {
    expect(judgeEvent(eventWith({ distinct_id: undefined, ...ids }), TRACK)).toMatchObject({ record: { distinctId } });
  });
});

import Mixpanel from 'mixpanel';
import { EVENT_NAME, importRecord, propertiesOf } from '../event.mjs';

/**
 * The official client's way for many events: `track_batch` of the 50 that it sends at most. Recommended: with `time` and `$insert_id`, without
 * which the vendor counts a repeated event twice.
 */
export const limits = { window: 5000, events: 50_000 };
export const callArgument = (visitor, properties) =>
  isRecommended
    ? importRecord(visitor, properties)
    : { event: EVENT_NAME, properties: propertiesOf(visitor, properties) };

const BATCH = 50;
let isRecommended = false;
let client;
let events = [];
let underWay = 0;
let whenIdle = () => {};

export async function start(url, settings) {
  isRecommended = settings.isRecommended;
  const { hostname, port } = new URL(url);
  client = Mixpanel.init('benchmark-token', { host: hostname, port, protocol: 'http' });
}

function finished() {
  underWay--;
  if (underWay === 0) whenIdle();
}

function send() {
  underWay++;
  client.track_batch(events, finished);
  events = [];
}

export function track(event) {
  events.push(event);
  if (events.length === BATCH) send();
}

export async function flush() {
  if (events.length > 0) send();
  if (underWay === 0) return;
  await new Promise((resolve) => {
    whenIdle = resolve;
  });
}

export async function close() {}

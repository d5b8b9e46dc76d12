import Mixpanel from 'mixpanel';
import { EVENT_NAME, propertiesOf } from '../event.mjs';

/** The official client, one `track` for each event. Every event is a request: the window bounds the open sockets. */
export const limits = { window: 1000, events: 10_000 };
export const callArgument = propertiesOf;

let client;
let underWay = 0;
let whenIdle = () => {};

export async function start(url) {
  const { hostname, port } = new URL(url);
  client = Mixpanel.init('benchmark-token', { host: hostname, port, protocol: 'http' });
}

function finished() {
  underWay--;
  if (underWay === 0) whenIdle();
}

export function track(properties) {
  underWay++;
  client.track(EVENT_NAME, properties, finished);
}

export async function flush() {
  if (underWay === 0) return;
  await new Promise((resolve) => {
    whenIdle = resolve;
  });
}

export async function close() {}

import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { startInboxProcess } from './inbox-process.mjs';
import { expectEqual } from './ingestion.mjs';
import { countTaken } from './produce.mjs';

export const EVENTS = 100_000;
const USERS = 20_000;
const BATCH_SIZE = 500;
export const DAY_MS = 86_400_000;
const DAYS = 30;
const ROUNDS = 15;
export const STEPS = ['page_viewed', 'signed_up', 'qr_created', 'qr_scanned'];

/** The time of each report over 100,000 events of thirty days, all of which it has to look at; by HTTP, as the page asks, an event arriving before each. */
export async function measureQueries() {
  const [scans, journeys] = [await measure(['qr_scanned'], SEGMENTATIONS), await measure(STEPS, JOURNEYS)];
  return {
    events: EVENTS,
    users: USERS,
    rounds: ROUNDS,
    ...scans.figures,
    ...journeys.figures,
    errors: [...scans.errors, ...journeys.errors],
  };
}

const SEGMENTATIONS = {
  segmentationMs: [
    'segmentation',
    { event: 'qr_scanned', type: 'unique', on: 'properties["country"]' },
    countSegmented,
  ],
};

const JOURNEYS = {
  funnelMs: ['funnels', { steps: JSON.stringify(STEPS), length: DAYS, type: 'general' }, countSteps],
  retentionMs: [
    'retention',
    { born_event: 'page_viewed', interval_count: DAYS - 1, unbounded_retention: true, mode: 'calendar' },
    countBorn,
  ],
};

async function measure(names, reports) {
  const inbox = await startInboxProcess();
  const to = Math.floor(Date.now() / DAY_MS) - 1;
  const range = { from_date: dateOf(to - DAYS + 1), to_date: dateOf(to), timezone: 'Europe/Prague' };
  try {
    await fill(inbox.url, names, to);
    const { stored } = await countTaken(inbox.url);
    const errors = expectEqual('events held for queries', stored, EVENTS);
    const figures = {};
    for (const [figure, [report, parameters, count]] of Object.entries(reports)) {
      const url = `${inbox.url}/api/query/${report}?${new URLSearchParams({ ...range, ...parameters })}`;
      const samplesMs = [];
      let answer;
      // The first is not counted: it takes in all events at once, and nothing is compiled yet.
      for (let round = 0; round <= ROUNDS; round += 1) {
        const started = performance.now();
        answer = await (await fetch(url)).json();
        samplesMs.push(performance.now() - started);
        await send(inbox.url, [event(names[0], to)]);
      }
      const [firstMs, ...laterMs] = samplesMs;
      if (!(count(answer) > 0))
        errors.push(`${report}: expected to count something, got ${JSON.stringify(answer).slice(0, 200)}`);
      figures[figure] = laterMs.toSorted((left, right) => left - right)[Math.floor(ROUNDS / 2)];
      figures[`${figure}First`] = firstMs;
      figures[`${figure}Samples`] = laterMs;
    }
    return { figures, errors };
  } finally {
    await inbox.stop();
  }
}

export async function fill(url, names, lastDay) {
  for (let sent = 0; sent < EVENTS; sent += BATCH_SIZE) {
    const batch = Array.from({ length: BATCH_SIZE }, (_, index) =>
      event(names[(sent + index) % names.length], lastDay),
    );
    await send(url, batch);
  }
}

async function send(url, batch) {
  const response = await fetch(`${url}/import?strict=1`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa('inbox-token:')}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    },
    body: gzipSync(JSON.stringify(batch), { level: 1 }),
  });
  if (!response.ok) throw new Error(`the benchmark's own events are refused: ${await response.text()}`);
}

/** At any time of the thirty days, so that events arrive out of order; half of them anonymous, on a device of the user. */
function event(name, lastDay) {
  const user = Math.floor(Math.random() * USERS);
  const identity = Math.random() < 0.5 ? { $user_id: `user-${user}` } : {};
  return {
    event: name,
    properties: {
      token: 'inbox-token',
      time: Math.floor((lastDay + 1 - Math.random() * DAYS) * DAY_MS),
      distinct_id: identity.$user_id ?? `$device:device-${user}`,
      $device_id: `device-${user}`,
      ...identity,
      $insert_id: randomUUID(),
      qr_id: randomUUID(),
      country: ['CZ', 'SK', 'DE', 'AT', 'PL', 'US'][Math.floor(Math.random() * 6)],
      browser: 'Chrome Mobile',
      service: 'routing-service',
    },
  };
}

function dateOf(day) {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function countSegmented({ data }) {
  return Object.values(data.values)
    .flatMap((series) => Object.values(series))
    .reduce((sum, count) => sum + count, 0);
}

function countSteps({ overall }) {
  return overall.analysis.completion;
}

function countBorn(cohorts) {
  return Object.values(cohorts).reduce((sum, { first, counts }) => sum + first * counts[1], 0);
}

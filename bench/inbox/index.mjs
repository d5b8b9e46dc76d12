import { existsSync } from 'node:fs';
import { DIST } from './inbox-process.mjs';
import { measureIngestion } from './ingestion.mjs';
import { measureMemory } from './memory.mjs';
import { measurePage } from './page.mjs';
import { measureParser } from './parser.mjs';
import { measureQueries } from './query.mjs';
import { saveResult } from './save-result.mjs';

const RUNS = Number(process.env.BENCH_RUNS ?? 3);

if (!existsSync(DIST)) throw new Error(`${DIST} is missing: build the inbox first, with "npm run build".`);
const only = process.argv[2];
if (only !== undefined && only !== 'query' && only !== 'page')
  throw new Error(`there is no part ${only}: leave it out, or name query or page`);
const isWhole = only === undefined;
const memory = isWhole ? await repeat('memory', measureMemory) : [];
const ingestion = isWhole ? await repeat('ingestion', measureIngestion) : [];
const parser = isWhole ? await measureParser() : [];
const query = isWhole || only === 'query' ? await repeat('query', measureQueries) : [];
const page = isWhole || only === 'page' ? await repeat('page', measurePage) : [];
const errors = [...memory, ...ingestion, ...query, ...page].flatMap(({ errors: found }) => found);
saveResult('inbox', { runs: RUNS, errors, memory, ingestion, parser, query, page });
console.log(table());
for (const error of errors) console.error(`Wrong count: ${error}`);
// A figure from a run in which a count is wrong says nothing.
process.exitCode = errors.length > 0 ? 1 : 0;

async function repeat(name, measure) {
  const samples = [];
  for (let index = 1; index <= RUNS; index += 1) {
    console.log(`  ${name}, run ${index} of ${RUNS} ...`);
    samples.push(await measure());
  }
  return samples;
}

/** The figures as Markdown, each as the median of its runs. */
function table() {
  const rows = [
    ...(isWhole ? wholeRows() : []),
    ...(query.length > 0 ? queryRows() : []),
    ...(page.length > 0 ? pageRows() : []),
  ];
  return [
    '| measure | measured | promised |',
    '| --- | --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}

function wholeRows() {
  return [
    ['events acknowledged a second, 30 s, one core', median(ingestion, 'eventsPerSecond').toFixed(0), '10,000'],
    ['requests dropped or refused', String(sum(ingestion, 'failedRequests')), '0'],
    ['share of the core used', `${(median(ingestion, 'cpuShare') * 100).toFixed(0)} %`, ''],
    ['answer, median / 99th / slowest (ms)', latencies(ingestion), ''],
    ['events a second when sent as fast as it answers', median(ingestion, 'maxEventsPerSecond').toFixed(0), ''],
    ['memory after 300,000 events, 100,000 held (MB)', megabytes(median(ingestion, 'rssBytes')), '400'],
    ['memory, highest while ingesting (MB)', megabytes(median(ingestion, 'peakRssBytes')), ''],
    ['memory with 100,000 events held (MB)', megabytes(median(memory, 'heldRssBytes')), '400'],
    ['memory idle (MB)', megabytes(median(memory, 'idleRssBytes')), '120'],
    ...parser.map(({ shape, ratio, samples }) => [
      `envelope parser, ${shape}: time at 16 MB / (16 x time at 1 MB)`,
      `${ratio.toFixed(2)} (${samples.map(({ ms }) => ms.toPrecision(3)).join(' / ')} ms at 1 / 2 / 4 / 8 / 16 MB)`,
      'about 1',
    ]),
  ];
}

function queryRows() {
  return [
    ['segmentation by a property, unique users, 30 days (ms, the first)', 'segmentationMs'],
    ['funnel of 4 steps, every attempt, 30 days (ms, the first)', 'funnelMs'],
    ['retention, 30 days by 30 days, calendar, unbounded (ms, the first)', 'retentionMs'],
  ].map(([title, figure]) => [
    `100,000 events: ${title}`,
    `${median(query, figure).toFixed(0)} (${median(query, `${figure}First`).toFixed(0)})`,
    'under 150',
  ]);
}

function pageRows() {
  return [
    ['100,000 events: first paint of the page (ms)', median(page, 'firstPaintMs').toFixed(0), 'under 1000'],
    [
      '100,000 events: an interaction with the page, the slowest by median (ms, the slowest of all)',
      `${median(page, 'interactionMs').toFixed(0)} (${median(page, 'slowestInteractionMs').toFixed(0)})`,
      'under 200',
    ],
  ];
}

function latencies(samples) {
  return ['p50Ms', 'p99Ms', 'maxMs'].map((name) => median(samples, name).toFixed(1)).join(' / ');
}

function median(samples, name) {
  const values = samples.map((sample) => sample[name]).sort((left, right) => left - right);
  return values[Math.floor(values.length / 2)];
}

function sum(samples, name) {
  return samples.reduce((total, sample) => total + sample[name], 0);
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(0);
}

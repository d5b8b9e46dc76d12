import { median } from '../delivery/statistics.mjs';
import { targets } from './figures.mjs';
import { labelOf } from './rates.mjs';

/** Everything that was measured by its medians, and the figures beside their targets, as Markdown. */
export function tables({ rate, latency, shipping, errors, sizes, storage }, figures) {
  return [
    ...(rate || latency ? [runsTable([...(rate?.samples ?? []), ...(latency?.samples ?? [])])] : []),
    ...(shipping ? [shippingTable(shipping.samples)] : []),
    ...(errors ? [errorsTable(errors.samples)] : []),
    ...(sizes ? [sizesTable(sizes.samples)] : []),
    ...(storage ? [storageTable(storage.samples)] : []),
    figuresTable(figures),
  ].join('\n\n');
}

function runsTable(samples) {
  const rows = groups(samples, labelOf).map(([label, own]) => {
    const cell = (read, digits = 0) => format(median(own.map(read)), digits);
    const cpu = (name) => cell(({ cpuSeconds }) => cpuSeconds[name], 2);
    const percentile = (name) => cell(({ latencyMs }) => latencyMs?.[name]);
    return [
      ...[label, own.length, cell((sample) => sample.achievedPerSecond)],
      ...[own.reduce((sum, { tracked, distinct }) => sum + tracked - distinct, 0), cell(({ copies }) => copies)],
      ...[
        cell((sample) => sample.queuedBatches),
        cell((sample) => sample.waitingRecords),
        cell(({ drainMs }) => drainMs),
      ],
      ...[percentile('p50'), percentile('p95'), percentile('p99'), percentile('max')],
      ...[cpu('producers'), cpu('shippers'), cpu('redis'), cpu('receiver'), cell((sample) => sample.loadAverage, 1)],
    ];
  });
  const titles = [
    ...[
      'run',
      'times',
      'achieved a second',
      'lost',
      'copies',
      'batches queued at the end',
      'events undelivered at the end',
    ],
    ...['drained after ms', 'p50 ms', 'p95 ms', 'p99 ms', 'latest ms'],
    ...['CPU s: producers', 'shippers', 'Redis', 'receiver', 'load average'],
  ];
  return markdown(titles, rows);
}

function shippingTable(samples) {
  const rows = groups(samples, ({ label, recordsEach }) => `${label} | ${recordsEach}`).map(([label, own]) => {
    const cell = (read, digits = 0) => format(median(own.map(read)), digits);
    return [
      label,
      cell(({ records, cpuSeconds }) => records / cpuSeconds),
      cell(({ records, cpuSeconds, recordsEach }) => (cpuSeconds / (records / recordsEach)) * 1e6),
      cell(({ redisCpuUsABatch }) => redisCpuUsABatch),
      cell(({ records, seconds }) => records / seconds),
      cell(({ loadAverage }) => loadAverage, 1),
    ];
  });
  const titles = [
    'way',
    'events a batch',
    'events a CPU second',
    'CPU us a batch',
    "Redis' CPU us a batch",
    'events a second',
  ];
  return markdown([...titles, 'load average'], rows);
}

function errorsTable(samples) {
  const rows = groups(samples, ({ label }) => label).map(([label, own]) => {
    const cell = (read) => format(median(own.map(read)), 0);
    return [
      label,
      cell(({ cpuUs }) => cpuUs),
      cell(({ bytesEach }) => bytesEach),
      cell((sample) => sample.inflatedBytesEach),
    ];
  });
  return markdown(['error', 'CPU us', 'bytes sent', 'bytes inflated'], rows);
}

function sizesTable(samples) {
  const rows = samples.map(({ recordsEach, requestBytes, inflatedBytes, waiting, waitingBytes, reply }) => [
    ...[recordsEach, requestBytes, inflatedBytes, waiting.bodyKey, waiting.job, waitingBytes.toFixed(0), reply],
  ]);
  const titles = [
    'events a batch',
    'bytes of the request',
    'inflated',
    'body in Redis',
    'job',
    'memory a waiting batch',
    'answer, for an hour',
  ];
  return markdown(titles, rows);
}

function storageTable(samples) {
  const rows = samples.map(({ density, before, rolledUp, insert, rollUp, rollUpAgain }) => [
    ...[density, before.bytes.scans, rolledUp.rows.daily_scans, rolledUp.bytes.daily_scans],
    ...[rolledUp.rows.daily_visitors, rolledUp.bytes.daily_visitors],
    ...[insert, rollUp, rollUpAgain].map(({ databaseUs }) => databaseUs.toFixed(1)),
    ...[insert, rollUp, rollUpAgain].map(({ walBytes }) => walBytes.toFixed(0)),
    insert.serviceUs.toFixed(1),
  ]);
  const titles = [
    ...['scans a code', 'bytes of scans', 'rows of daily_scans', 'bytes', 'rows of daily_visitors', 'bytes'],
    ...['PostgreSQL CPU us a scan: insert', 'roll-up', 'again', 'WAL bytes a scan: insert', 'roll-up', 'again'],
    'CPU us a scan of analytics-service',
  ];
  return markdown(titles, rows);
}

function figuresTable(figures) {
  const measured = Object.entries(figures).filter(([, value]) => value !== null);
  const rows = measured.map(([name, value]) => {
    const { must, good } = targets[name] ?? {};
    const isMet = good === 'above' ? value >= must : value <= must;
    const verdict = must === undefined ? 'reported' : isMet ? 'met' : 'missed';
    return [name, format(value, 2), must ?? '', verdict];
  });
  return markdown(['figure', 'measured', 'must', ''], rows);
}

function groups(samples, labelFor) {
  const labels = [...new Set(samples.map(labelFor))];
  return labels.map((label) => [label, samples.filter((sample) => labelFor(sample) === label)]);
}

function format(value, digits) {
  return value === null ? '' : String(Number(value.toFixed(digits)));
}

function markdown(titles, rows) {
  return [titles, titles.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

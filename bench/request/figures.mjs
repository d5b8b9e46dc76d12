const BARE = 'bare Fastify';
const DEFAULTS = 'Sentry defaults, rate 0.1';
const UNSAMPLED = '@qr/common, unsampled';
const SAMPLED = '@qr/common, rate 0.1';

/** What each figure should be at most; `stormThroughput` at least. */
export const targets = {
  unsampledAddedUs: 60,
  unsampledAddedOverDefault: 0.15,
  sampled10AddedOverDefault: 0.2,
  p99OverBare: 1.5,
  sampled10P99OverBare: 3.5,
  stormThroughput: 0.6,
  scrub10MbMs: 100,
};

/** The figures of what was measured; `null` for the rest. Ratios are taken within a round, then the median of the rounds. */
export function figuresOf({ traffic, storm, scrubber }) {
  const overRounds = (read) => median(roundsOf(traffic?.samples ?? []).map(read));
  const added = (of, label) => of(label).cpuUs - of(BARE).cpuUs;
  const p99 = (of, label, load) => of(label)[load].p99Ms / of(BARE)[load].p99Ms;
  return {
    bareUs: overRounds((of) => of(BARE).cpuUs),
    unsampledAddedUs: overRounds((of) => added(of, UNSAMPLED)),
    unsampledAddedOverDefault: overRounds((of) => added(of, UNSAMPLED) / added(of, DEFAULTS)),
    sampled10AddedOverDefault: overRounds((of) => added(of, SAMPLED) / added(of, DEFAULTS)),
    p99OverBare: overRounds((of) => p99(of, UNSAMPLED, 'steady')),
    sampled10P99OverBare: overRounds((of) => p99(of, SAMPLED, 'steady')),
    // With as many requests under way as there are connections, each waits for all: this is the ratio of CPU times, and of little else.
    p99OverBareAtFullLoad: overRounds((of) => p99(of, UNSAMPLED, 'full')),
    sampled10P99OverBareAtFullLoad: overRounds((of) => p99(of, SAMPLED, 'full')),
    stormThroughput: median((storm?.samples ?? []).map(({ throughput }) => throughput)),
    scrub10MbMs: scrubber ? Math.max(...scrubber.samples.map(({ ms }) => ms.at(-1))) : null,
  };
}

/** Every variant by its medians, and every figure beside its target, as Markdown. */
export function table({ traffic }, figures) {
  const samples = traffic?.samples ?? [];
  const labels = [...new Set(samples.map(({ label }) => label))];
  const bare = median(samples.filter(({ label }) => label === BARE).map(({ cpuUs }) => cpuUs));
  const rows = labels.map((label) => {
    const own = samples.filter((sample) => sample.label === label);
    const cell = (read, digits) => median(own.map(read)).toFixed(digits);
    const cpu = median(own.map(({ cpuUs }) => cpuUs));
    return [
      ...[label, cpu.toFixed(0), (cpu / bare).toFixed(2), cell(({ full }) => full.answered / full.seconds, 0)],
      ...[cell(({ full }) => full.p50Ms, 2), cell(({ full }) => full.p99Ms, 2), cell(({ steady }) => steady.p99Ms, 2)],
      cell(({ rssBytes }) => rssBytes / 2 ** 20, 0),
    ];
  });
  const titles = [
    'server',
    'CPU us a request',
    'times bare',
    'requests a second',
    'median ms',
    'p99 ms',
    'p99 ms at 1000/s',
    'RSS MiB',
  ];
  const verdicts = Object.entries(targets).map(([name, target]) => {
    const value = figures[name];
    if (value === null) return [name, 'not measured', target, ''];
    const isMet = name === 'stormThroughput' ? value >= target : value <= target;
    return [name, value.toFixed(2), target, isMet ? 'met' : 'missed'];
  });
  return [markdown(titles, rows), markdown(['figure', 'measured', 'target', ''], verdicts)].join('\n\n');
}

function markdown(titles, rows) {
  return [titles, titles.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** For each round a function that finds the sample of a label in it. */
function roundsOf(samples) {
  const rounds = [...new Set(samples.map(({ round }) => round))];
  return rounds.map((number) => {
    const round = samples.filter((sample) => sample.round === number);
    return (label) => round.find((sample) => sample.label === label);
  });
}

function median(values) {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

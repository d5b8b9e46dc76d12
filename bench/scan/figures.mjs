import { ENRICHMENT, FLOOR, HOOK, SERVICE, SERVICE_10 } from './variants.mjs';

/** What must be reached, and what is aimed at; a throughput at least, a p99 at most. */
export const targets = {
  throughputRatio: { must: 0.5, aim: 0.75 },
  p99Ratio: { must: 2, aim: 1.5 },
};

/** The figures of what was measured; `null` for the rest. Ratios and differences are taken within a round, then the median of the rounds. */
export function figuresOf({ traffic, signUp }) {
  const rounds = roundsOf(traffic?.samples ?? []);
  const overRounds = (read) => median(rounds.map(read));
  const throughput = (of, label) => of(label).full.answered / of(label).full.seconds;
  const throughputRatio = (label) => overRounds((of) => throughput(of, label) / throughput(of, FLOOR));
  const p99Ratio = (label, load) => overRounds((of) => of(label)[load].p99Ms / of(FLOOR)[load].p99Ms);
  const added = (label, before) => overRounds((of) => of(label).cpuUs - of(before).cpuUs);
  return {
    throughputRatio: throughputRatio(SERVICE),
    // At 1,000 scans a second: at full load a request waits for all that came before it, and the ratio is that of the CPU.
    p99Ratio: p99Ratio(SERVICE, 'steady'),
    p99RatioAtFullLoad: p99Ratio(SERVICE, 'full'),
    throughputRatioAt10Percent: throughputRatio(SERVICE_10),
    p99RatioAt10Percent: p99Ratio(SERVICE_10, 'steady'),
    cpuUs: {
      floor: overRounds((of) => of(FLOOR).cpuUs),
      hook: added(HOOK, FLOOR),
      enrichment: added(ENRICHMENT, HOOK),
      trackEvent: added(SERVICE, ENRICHMENT),
      moreTraces: added(SERVICE_10, SERVICE),
    },
    signUpMs: median((signUp?.samples ?? []).map((sample) => sample.signUp.ms)),
    argon2ShareOfSignUp: median((signUp?.samples ?? []).map(({ argon2Share }) => argon2Share)),
  };
}

/** Every variant by its medians, and the figures beside their targets, as Markdown. */
export function table({ traffic }, figures) {
  const samples = traffic?.samples ?? [];
  const labels = [...new Set(samples.map(({ label }) => label))];
  const rows = labels.map((label) => {
    const own = samples.filter((sample) => sample.label === label);
    const cell = (read, digits) => median(own.map(read)).toFixed(digits);
    return [
      ...[label, cell(({ full }) => full.answered / full.seconds, 0), cell(({ cpuUs }) => cpuUs, 0)],
      ...[
        cell(({ full }) => full.p99Ms, 2),
        cell(({ steady }) => steady.p50Ms, 2),
        cell(({ steady }) => steady.p99Ms, 2),
      ],
      cell(({ rssBytes }) => rssBytes / 2 ** 20, 0),
    ];
  });
  const titles = [
    'server',
    'redirects a second',
    'CPU us',
    'p99 ms',
    'median ms at 1000/s',
    'p99 ms at 1000/s',
    'RSS MiB',
  ];
  const verdicts = Object.entries(targets).map(([name, { must, aim }]) => {
    const value = figures[name];
    const reaches = (target) => (must < aim ? value >= target : value <= target);
    const verdict = value === null ? 'not measured' : reaches(aim) ? 'aim' : reaches(must) ? 'must' : 'missed';
    return [name, value?.toFixed(2) ?? '', must, aim, verdict];
  });
  return [markdown(titles, rows), markdown(['figure', 'measured', 'must', 'aim', ''], verdicts)].join('\n\n');
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

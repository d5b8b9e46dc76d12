/** What each figure may be at most. */
export const targets = {
  eagerGzipBytes: 4000,
  fcpRatio: 1.05,
  totalBlockingDeltaMs: 220,
  longestTaskDeltaMs: 50,
  lateGzipBytes: 98_000,
  earlyLost: 0,
};

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Of medians over all runs of a variant; runs are interleaved, so that what slows the machine down hits all of them. */
export function figuresOf({ sizes, loads, early }) {
  const of = (variant, read) => median(loads.filter((load) => load.variant === variant).map(read));
  return {
    eagerGzipBytes: sizes.ours.first - sizes.none.first,
    fcpRatio: of('ours', ({ fcpMs }) => fcpMs) / of('none', ({ fcpMs }) => fcpMs),
    totalBlockingDeltaMs: of('ours', ({ blockingMs }) => blockingMs) - of('none', ({ blockingMs }) => blockingMs),
    longestTaskDeltaMs:
      of('ours', ({ longestTaskMs }) => longestTaskMs) - of('none', ({ longestTaskMs }) => longestTaskMs),
    lateGzipBytes: sizes.ours.late,
    earlyLost: early.lost.length,
    earlyInjected: early.injected,
  };
}

export function table({ sizes, loads }, figures) {
  const rows = Object.keys(sizes).map((variant) => {
    const own = loads.filter((load) => load.variant === variant);
    const cell = (read) => {
      const values = own.map(read);
      return `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`;
    };
    return [
      ...[variant, sizes[variant].first, sizes[variant].late],
      ...[cell(({ fcpMs }) => fcpMs), cell(({ blockingMs }) => blockingMs), cell(({ longestTaskMs }) => longestTaskMs)],
    ];
  });
  const titles = ['set-up', 'bytes at first', 'bytes later', 'first paint ms', 'total blocking ms', 'longest task ms'];
  const verdicts = Object.entries(targets).map(([name, most]) => {
    const digits = name === 'fcpRatio' ? 3 : 0;
    return [name, figures[name].toFixed(digits), most, figures[name] <= most ? 'met' : 'missed'];
  });
  return [markdown(titles, rows), markdown(['figure', 'measured', 'at most', ''], verdicts)].join('\n\n');
}

function markdown(titles, rows) {
  return [titles, titles.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The middle value; of an even number the mean of the middle two; `null` of none. */
export function median(values) {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The median over rounds of a ratio: both sides of one round met the same machine. */
export function medianRatio(samples, above, below, read) {
  const rounds = [...new Set(samples.map(({ round }) => round))];
  return median(
    rounds.map((number) => {
      const round = samples.filter((sample) => sample.round === number);
      const value = (label) => read(round.find((sample) => sample.label === label) ?? {}, round);
      return value(above) / value(below);
    }),
  );
}

/** What is wrong with a fault-free run, in sentences; nothing when the receiver has exactly what was tracked. */
export function miscounts(label, { crashed, tracked, tally }) {
  if (crashed) return [`${label}: expected a result, but the process ended with ${crashed}.`];
  const problems = [];
  if (tally.distinct !== tracked) {
    problems.push(`${label}: tracked ${tracked} events, the receiver has ${tally.distinct}.`);
  }
  if (tally.foreign > 0) problems.push(`${label}: the receiver has ${tally.foreign} events that nobody tracked.`);
  return problems;
}

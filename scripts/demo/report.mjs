/**
 * Prints what was sent and what arrived; with `json` the last line on standard output is one JSON object.
 * @param {{ scenario: import('./scenario.mjs').Scenario, received: import('./received.mjs').Received, leaks: string[], seconds: number, json: boolean, say: (line: string) => void }} outcome
 * @returns {boolean} whether everything arrived, once, and nothing leaked
 */
export function printReport({ scenario, received, leaks, seconds, json, say }) {
  const { sent } = scenario;
  const names = [...new Set([...Object.keys(sent), ...Object.keys(received.events)])].sort();
  const areEventsEqual = names.every((name) => sent[name] === received.events[name]);
  const areIssuesEqual = JSON.stringify(scenario.issues) === JSON.stringify(received.issues);
  const ok = areEventsEqual && areIssuesEqual && scenario.profiles === received.profiles && leaks.length === 0;

  say('');
  printRow(say, 'event', 'sent', 'received');
  for (const name of names)
    printRow(say, name, sent[name] ?? 0, received.events[name] ?? 0, sent[name] === received.events[name]);
  printRow(say, 'profiles', scenario.profiles, received.profiles, scenario.profiles === received.profiles);
  const titles = new Set([...scenario.issues, ...received.issues].map(({ title }) => title));
  for (const title of titles) {
    const expected = scenario.issues.find((issue) => issue.title === title)?.count ?? 0;
    const arrived = received.issues.find((issue) => issue.title === title)?.count ?? 0;
    printRow(say, title, expected, arrived, expected === arrived);
  }
  say('');
  say(
    `${received.traces.total} traces, ${received.traces.crossService} of them across services; ${leaks.length} leaks; ${seconds.toFixed(1)} s`,
  );
  say(ok ? 'Everything arrived, once, and nothing leaked.' : 'NOT as it should be: see the marked lines.');

  if (json) {
    const { events, profiles, issues, traces } = received;
    const result = {
      ok,
      seconds: Math.round(seconds * 10) / 10,
      sent,
      received: events,
      profiles,
      issues,
      traces,
      leaks: leaks.length,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  return ok;
}

/** @param {(line: string) => void} say @param {string} name @param {string | number} sent @param {string | number} received @param {boolean} [isRight] */
function printRow(say, name, sent, received, isRight = true) {
  say(
    `  ${name.slice(0, 44).padEnd(46)}${String(sent).padStart(8)}${String(received).padStart(10)}${isRight ? '' : '   <-- differs'}`,
  );
}

/** What is wrong with the variables that a page is built with, a sentence each. */
export function problemsOf(env: Readonly<Record<string, unknown>>): string[] {
  const rates = [
    'VITE_SENTRY_TRACES_SAMPLE_RATE',
    'VITE_SENTRY_REPLAY_SAMPLE_RATE',
    'VITE_SENTRY_REPLAY_ON_ERROR_SAMPLE_RATE',
  ];
  const problems = rates.flatMap((name) => {
    const text = env[name];
    const rate = Number(text);
    if (!text || (rate >= 0 && rate <= 1)) return [];
    return [`${name} should be a number from 0 to 1, got "${text}"; its default is used.`];
  });
  const mode = env['VITE_CONSENT_MODE'];
  if (mode && mode !== 'opt-out' && mode !== 'required') {
    problems.push(
      `VITE_CONSENT_MODE should be "opt-out" or "required", got "${mode}"; consent is required until it is fixed.`,
    );
  }
  return problems;
}

/** The servers that are compared: all answer the same two routes. */
export const variants = [
  { label: 'bare Fastify', server: 'bare' },
  { label: 'Sentry defaults, rate 0.1', server: 'defaults', rate: 0.1 },
  { label: 'Sentry defaults, no tracing', server: 'defaults' },
  // All but one of a billion requests are unsampled, and tracing is on: what most requests of a service are.
  { label: '@qr/common, unsampled', server: 'ours', rate: 1e-9 },
  { label: '@qr/common, rate 0.1', server: 'ours', rate: 0.1 },
  { label: 'buildServer, Sentry off', server: 'built' },
  { label: 'buildServer, rate 0.1', server: 'built', rate: 0.1, hasSentry: true },
];

/** There and back by turns, so that what slows the machine down does not always meet the same ones. */
export const inTurn = (chosen, round) => (round % 2 === 0 ? chosen : chosen.toReversed());

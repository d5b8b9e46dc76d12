/**
 * What is compared, each with what the one before has and one thing more; the last two are the service itself, as `node dist/main.js` starts it.
 * The floor has the same server and the same directory of codes, and nothing that knows of visitors or of telemetry.
 */
export const FLOOR = 'cached lookup and redirect';
export const HOOK = '+ errors and traces, 1 %';
export const ENRICHMENT = '+ visitor, device, country';
export const SERVICE = 'routing-service, 1 %';
export const SERVICE_10 = 'routing-service, 10 %';

export const variants = [
  { label: FLOOR, stage: 'floor' },
  { label: HOOK, stage: 'hook', rate: 0.01 },
  { label: ENRICHMENT, stage: 'enrichment', rate: 0.01 },
  { label: SERVICE, stage: 'service', rate: 0.01 },
  { label: SERVICE_10, stage: 'service', rate: 0.1 },
];

/** There and back by turns, so that what slows the machine down does not always meet the same ones. */
export const inTurn = (round) => (round % 2 === 0 ? variants : variants.toReversed());

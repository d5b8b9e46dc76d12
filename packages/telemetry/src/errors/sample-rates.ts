import type { ObservabilityConfig } from '../settings/config.ts';

/** Share of traces that is recorded for requests of a route, from 0 to 1; `undefined` for what has no route. */
export type SampleRateOf = (route: string | undefined) => number;

/** Rates by route pattern, such as `/scan/:qrId`. */
export type RouteSampleRates = Readonly<Record<string, number>>;

const IN_PRODUCTION = 0.1;
const ON_A_LAPTOP = 1;

/** Nothing is recorded. */
export const noTraces: SampleRateOf = () => 0;

/**
 * The rates of this process: for a route what `SENTRY_ROUTE_SAMPLE_RATES` says, else, in production, what the service says, else the general rate.
 * Elsewhere a service's own rates are left aside: who tries something out wants to see its trace.
 */
export function sampleRates(config: ObservabilityConfig, ofService: RouteSampleRates): SampleRateOf {
  const isProduction = config.NODE_ENV === 'production';
  const general = config.SENTRY_TRACES_SAMPLE_RATE ?? (isProduction ? IN_PRODUCTION : ON_A_LAPTOP);
  // Zero turns tracing off, whatever single routes are to have.
  if (general === 0) return noTraces;
  const rates = new Map([
    ...(isProduction ? Object.entries(ofService) : []),
    ...(config.SENTRY_ROUTE_SAMPLE_RATES ?? '').split(',').filter(Boolean).map(readRate),
  ]);
  if (rates.size === 0) return () => general;
  return (route) => (route === undefined ? general : (rates.get(route) ?? general));
}

function readRate(entry: string): readonly [string, number] {
  const [route = '', rate] = entry.split('=');
  return [route, Number(rate)];
}

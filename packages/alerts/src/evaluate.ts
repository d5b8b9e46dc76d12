import { NoDataError, type QueryClient } from './query-client.ts';
import { read, windowOf } from './reading.ts';
import type { AlertRule, Condition } from './rule.ts';
import type { AlertState } from './state.ts';

/** Told of a question that was not answered. */
export type OnFailure = (rule: AlertRule, error: unknown) => void;

/**
 * What each rule says at a moment, in the order of the rules. Never rejects: a rule whose question fails has no data, with the reason, and the
 * others are as they are.
 *
 * @param now - milliseconds since the epoch
 */
export function evaluate(
  rules: readonly AlertRule[],
  client: QueryClient,
  now: number,
  onFailure: OnFailure = () => undefined,
): Promise<AlertState[]> {
  return Promise.all(rules.map((rule) => stateOf(rule, client, now, onFailure)));
}

async function stateOf(rule: AlertRule, client: QueryClient, now: number, onFailure: OnFailure): Promise<AlertState> {
  try {
    const { value, from, to } = await read(rule, client, now);
    const status = isBeyond(value, rule.condition) ? 'firing' : 'ok';
    return { rule: rule.name, status, value, from, to, at: now };
  } catch (error) {
    if (!(error instanceof NoDataError)) onFailure(rule, error);
    const { from, to } = windowOf(rule, client.timeZone, now);
    const reason = error instanceof Error ? error.message : String(error);
    return { rule: rule.name, status: 'no_data', value: null, from, to, reason, at: now };
  }
}

/** As Mixpanel compares: the value is not rounded, and the bound itself does not fire. */
function isBeyond(value: number, condition: Condition): boolean {
  return 'above' in condition ? value > condition.above : value < condition.below;
}

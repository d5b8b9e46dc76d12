import type { AlertState } from './evaluate.ts';
import { hostOf, reachText } from './http/ask.ts';
import type { AlertRule, Measure } from './rule.ts';

/** What became different between two evaluations, and is worth a message. */
export interface AlertChange {
  readonly kind: 'started' | 'stopped' | 'lost_data';
  /** Absent when the rule was seen for the first time. */
  readonly before?: AlertState;
  readonly after: AlertState;
}

/**
 * Which rules began or ended to fire, or lost their data. Of a rule that is seen for the first time only firing counts; what stays as it was is told
 * once; data that comes back, and is as it should be, needs nobody.
 */
export function changesOf(before: readonly AlertState[], after: readonly AlertState[]): AlertChange[] {
  const known = new Map(before.map((state) => [state.rule, state]));
  return after.flatMap((state) => {
    const earlier = known.get(state.rule);
    const kind = kindOf(earlier, state);
    if (kind === undefined) return [];
    return [{ kind, ...(earlier !== undefined && { before: earlier }), after: state }];
  });
}

function kindOf(before: AlertState | undefined, { status }: AlertState): AlertChange['kind'] | undefined {
  if (before?.status === status) return undefined;
  if (status === 'firing') return 'started';
  if (status === 'no_data') return before === undefined ? undefined : 'lost_data';
  return before?.status === 'firing' ? 'stopped' : undefined;
}

/** What is said of changes, each in one line of plain text; a change of a rule that is no longer there has none. */
export function messagesOf(changes: readonly AlertChange[], rules: readonly AlertRule[]): string[] {
  const ruleOf = new Map(rules.map((rule) => [rule.name, rule]));
  return changes.flatMap((change) => {
    const rule = ruleOf.get(change.after.rule);
    return rule === undefined ? [] : [messageOf(change, rule)];
  });
}

function messageOf(change: AlertChange, rule: AlertRule): string {
  const { kind, before, after } = change;
  const { name, description, measure, owner, severity, runbook } = rule;
  if (kind === 'lost_data') {
    const was = before?.status === 'firing' ? ' It was firing.' : '';
    return `No data: ${name}.${was} ${after.reason ?? ''}`.trimEnd();
  }
  const value = after.value === null ? 'no value' : valueText(measure, after.value);
  const found = `Now ${value}, the rule fires ${boundText(rule)} (${windowText(after)}).`;
  if (kind === 'stopped') return `Over: ${name}. ${found}`;
  const prefix = rule.isGoodNews === true ? 'Good news' : 'Firing';
  return `${prefix}: ${name}. ${description} ${found} Severity ${severity}, owner ${owner}, see docs/operations.md#${runbook}.`;
}

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** A value as people write it: `1,034`, `5,210 ms`, `4.2 %`. Comparisons use the value itself. */
export function valueText({ kind }: Measure, value: number): string {
  if (kind === 'conversion') return `${numbers.format(value * 100)} %`;
  return kind === 'request_duration' ? `${numbers.format(value)} ms` : numbers.format(value);
}

/** When a rule fires: `above 100`. */
export function boundText({ measure, condition }: Pick<AlertRule, 'measure' | 'condition'>): string {
  return 'above' in condition
    ? `above ${valueText(measure, condition.above)}`
    : `below ${valueText(measure, condition.below)}`;
}

/** The time that a state is about, to the minute: `2026-11-20 11:00 to 12:00 UTC`. */
export function windowText({ from, to }: Pick<AlertState, 'from' | 'to'>): string {
  const [start, end] = [from, to].map((time) => new Date(time).toISOString().slice(0, 16).replace('T', ' '));
  const isOneDay = start?.slice(0, 10) === end?.slice(0, 10);
  return `${start} to ${isOneDay ? end?.slice(11) : end} UTC`;
}

const TIMEOUT_MS = 10_000;

/** Where messages go. */
export interface WebhookOptions {
  /** A secret: anyone who knows it can post. */
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly signal?: AbortSignal;
}

/**
 * Tells messages to a webhook that takes `{ "text": ... }`, as Slack's and those of its rivals do: one request for all of them, so that either all
 * are told or none.
 *
 * @throws Error that names the host only.
 * @see https://api.slack.com/messaging/webhooks
 */
export async function tellWebhook(messages: readonly string[], { url, fetch, signal }: WebhookOptions): Promise<void> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: messages.map(escapeForSlack).join('\n') }),
      // Following a redirect would send the message to another host.
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (error) {
    // Without the cause, which may quote the URL.
    throw new Error(`The webhook at ${hostOf(url)} ${reachText(error)}.`);
  }
  await response.body?.cancel();
  if (!response.ok)
    throw new Error(
      `The webhook at ${hostOf(url)} answered ${response.status}: the message is told again next time. Is ALERT_WEBHOOK_URL still right?`,
    );
}

/**
 * Only these three are control characters; whatever else is encoded is shown as it is.
 *
 * @see https://api.slack.com/reference/surfaces/formatting#escaping
 */
function escapeForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

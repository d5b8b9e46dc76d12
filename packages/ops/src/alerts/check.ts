import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  type AlertChange,
  type AlertRule,
  type AlertState,
  boundText,
  changesOf,
  createQueryClient,
  evaluate,
  messagesOf,
  type QueryClient,
  sourcesFrom,
  tellWebhook,
  valueText,
  windowText,
} from '@qr/alerts';
import { type CommandContext, CommandError, exitCodes, type Outcome } from '../cli/command.ts';
import { type Style, tableOf } from '../cli/terminal.ts';

export interface CheckOptions {
  /** Relative to the root of the repository. */
  readonly state: string;
  /** Whether a rule that fires makes the command fail. */
  readonly fail: boolean;
}

/** What a check found. */
interface AlertCheck {
  readonly states: readonly AlertState[];
  readonly changes: readonly AlertChange[];
  /** What was told of the changes. */
  readonly messages: readonly string[];
  /** Names of rules whose question was not answered. */
  readonly failures: readonly string[];
}

/**
 * Evaluates the rules, tells what changed since the last check, and then remembers it: what could not be told is a change the next time too.
 *
 * @throws CommandError when nobody is named who could be asked, or when the webhook does not take the messages.
 */
export async function checkAlerts(
  rules: readonly AlertRule[],
  context: CommandContext,
  { state }: CheckOptions,
): Promise<AlertCheck> {
  const { env, fetch, now, root, signal } = context;
  const client = openClient(context);
  const file = resolve(root, state);
  const before = await readStates(file);
  const failures: string[] = [];
  const states = await evaluate(rules, client, now(), ({ name }) => failures.push(name));
  // What somebody cut short is no finding.
  signal.throwIfAborted();
  const changes = changesOf(before, states);
  const messages = messagesOf(changes, rules);
  const url = env['ALERT_WEBHOOK_URL'];
  if (url !== undefined && messages.length > 0) {
    try {
      await tellWebhook(messages, { url, fetch, signal });
    } catch (error) {
      for (const message of messages) context.note(message);
      throw new CommandError(error instanceof Error ? error.message : String(error), {
        cause: error,
        exitCode: exitCodes.refused,
      });
    }
  }
  await writeStates(file, states);
  return { states, changes, messages, failures };
}

function openClient({ env, fetch, signal }: CommandContext): QueryClient {
  try {
    const sources = sourcesFrom(env);
    if (sources !== undefined) return createQueryClient({ ...sources, fetch, signal });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  throw new CommandError(
    'There is nobody to ask: set MIXPANEL_SERVICE_ACCOUNT and MIXPANEL_PROJECT_ID for events, SENTRY_AUTH_TOKEN and ' +
      'SENTRY_ORG for errors, or INBOX_URL for what the inbox holds; in .env or in the environment.',
  );
}

/** A check as a table of the rules, and the messages of what changed. */
export function checkOutcome(
  check: AlertCheck,
  rules: readonly AlertRule[],
  { fail }: CheckOptions,
  style: Style,
): Outcome {
  const { states, messages, failures } = check;
  const rows = states.flatMap((state) => {
    const rule = rules.find(({ name }) => name === state.rule);
    return rule === undefined ? [] : [rowOf(rule, state)];
  });
  const troubles = rows.filter(({ status }) => status === 'fires');
  const table = linesOf(rows, style);
  const told = messages.length === 0 ? ['', 'Nothing changed since the last check.'] : ['', ...messages];
  const isBad = fail && troubles.length > 0;
  const exitCode = isBad ? exitCodes.no : failures.length > 0 ? exitCodes.refused : exitCodes.ok;
  return { result: check, lines: [...table, ...told], exitCode };
}

interface Row {
  readonly status: 'fires' | 'good news' | 'ok' | 'no data';
  readonly cells: readonly string[];
}

const HEAD = ['STATUS', 'RULE', 'VALUE', 'BOUND', 'TIME OR REASON'];

function rowOf(rule: AlertRule, state: AlertState): Row {
  const status = statusOf(rule, state);
  const value = state.value === null ? '-' : valueText(rule.measure, state.value);
  return { status, cells: [status, rule.name, value, boundText(rule), state.reason ?? windowText(state)] };
}

function statusOf({ isGoodNews = false }: AlertRule, { status }: AlertState): Row['status'] {
  if (status === 'no_data') return 'no data';
  if (status === 'ok') return 'ok';
  return isGoodNews ? 'good news' : 'fires';
}

function linesOf(rows: readonly Row[], style: Style): string[] {
  const paint = { fires: style.bad, 'good news': style.good, ok: style.good, 'no data': style.warning };
  const painted = rows.map(({ status, cells: [first = '', ...rest] }) => [paint[status](first), ...rest]);
  const [head = '', ...lines] = tableOf([HEAD, ...painted]);
  return [style.faint(head), ...lines];
}

/** What was told last; nothing when there is no file yet. @throws CommandError when it is another file. */
async function readStates(file: string): Promise<readonly AlertState[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CommandError(`--state ${file} cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
  const states = parse(text);
  if (states !== undefined) return states;
  throw new CommandError(
    `--state ${file} holds something else than the states of alerts. Name another file, or delete it: what fires is then told again.`,
  );
}

/** Writes the file whole or not at all. @throws CommandError when it cannot. */
async function writeStates(file: string, states: readonly AlertState[]): Promise<void> {
  const next = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(next, `${JSON.stringify({ states }, null, 2)}\n`);
    await rename(next, file);
  } catch (error) {
    throw new CommandError(
      `--state ${file} cannot be written: ${reasonOf(error)}. What was told now is told again the next time.`,
      { cause: error },
    );
  }
}

function parse(text: string): readonly AlertState[] | undefined {
  try {
    const { states } = JSON.parse(text) as { states?: unknown };
    return Array.isArray(states) && states.every(isState) ? states : undefined;
  } catch {
    return undefined;
  }
}

function isState(value: unknown): value is AlertState {
  const { rule, status } = (value ?? {}) as Partial<AlertState>;
  return typeof rule === 'string' && (status === 'ok' || status === 'firing' || status === 'no_data');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

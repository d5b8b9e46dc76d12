import { parseArgs } from 'node:util';
import { RECORD_KINDS, type RecordKind } from '../store/records.ts';

/** What {@link readOptions} finds on the command line. */
export interface TailOptions {
  readonly url: string;
  /** Each record as one line of JSON, for tools. */
  readonly json: boolean;
  readonly utc: boolean;
  /** Leaves out what was there already. */
  readonly onlyNew: boolean;
  readonly kinds: readonly RecordKind[];
  readonly service: string | undefined;
  readonly user: string | undefined;
  readonly trace: string | undefined;
  /** In lower case. */
  readonly text: string | undefined;
}

export const HELP = `npm run inbox:tail -- [options]

Prints what the inbox receives, as it comes: first what is there already, then each arrival.

  --kind KIND      ${RECORD_KINDS.join(', ')}; may be given several times
  --service NAME   of one service, such as auth-service
  --user ID        of one user or visitor
  --trace ID       of one trace
  --text TEXT      that have this text anywhere
  --new            only what arrives from now on
  --utc            times in UTC instead of local time
  --json           one JSON object a line, for tools
  --url URL        where the inbox is; default INBOX_URL, else http://127.0.0.1:4600

  npm run inbox:tail -- --kind event --kind error
  npm run --silent inbox:tail -- --json --kind event | jq .event
`;

/** @throws Error that says which option is wrong and what it may be. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): TailOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ json: { type: 'boolean' }, utc: { type: 'boolean' }, new: { type: 'boolean' }, help: { type: 'boolean' } },
      kind: { type: 'string', multiple: true },
      ...{ service: { type: 'string' }, user: { type: 'string' }, trace: { type: 'string' }, text: { type: 'string' } },
      url: { type: 'string' },
    },
  });
  if (values.help) return 'help';
  return {
    url: readUrl(values.url ?? (env['INBOX_URL'] || 'http://127.0.0.1:4600')),
    json: values.json ?? false,
    utc: values.utc ?? false,
    onlyNew: values.new ?? false,
    kinds: (values.kind ?? []).map(readKind),
    service: values.service,
    user: values.user,
    trace: values.trace,
    text: values.text?.toLowerCase(),
  };
}

function readUrl(value: string): string {
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return new URL(value).origin;
  throw new Error(`--url must be an address such as http://127.0.0.1:4600, got "${value}".`);
}

function readKind(value: string): RecordKind {
  const kind = RECORD_KINDS.find((known) => known === value);
  if (kind) return kind;
  throw new Error(`--kind must be one of ${RECORD_KINDS.join(', ')}, got "${value}".`);
}

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { describePlatform, type RunningPlatform } from '../platforms/running-platforms.ts';
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
  /** Which inbox is followed, where that is not plain from the command line. */
  readonly note: string | undefined;
}

/** Ends the program with a text: the help, or what is wrong with the command line. */
export class CommandLineEnd extends Error {
  /** 0 for the help, 2 for a mistake. */
  readonly exitCode: 0 | 2;

  constructor(message: string, exitCode: 0 | 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

type Given = Partial<
  Record<'service' | 'user' | 'trace' | 'text' | 'url', string> & Record<'new' | 'utc' | 'json', boolean>
> & {
  readonly kind?: readonly RecordKind[];
};

const LOCAL_INBOX = 'http://127.0.0.1:4600';
/** The width of the help, the same on every terminal. */
const HELP_WIDTH = 100;

const EXAMPLES = `
Examples:
  npm run inbox:tail -- --kind event --kind error
  npm run --silent inbox:tail -- --json --kind event | jq .event`;

/**
 * Reads the command line.
 *
 * @param platforms those that run, the latest first
 * @throws CommandLineEnd with the help, or with what is wrong and the nearest known option
 */
export function readOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  platforms: readonly RunningPlatform[] = [],
): TailOptions {
  const given = parse(args);
  const { service, user, trace, json = false, utc = false, new: onlyNew = false, kind: kinds = [] } = given;
  const named = given.url ?? (env['INBOX_URL'] || undefined);
  const { url, note } = named === undefined ? inboxOf(platforms) : { url: readUrl(named), note: undefined };
  return { url, note, service, user, trace, json, utc, onlyNew, kinds, text: given.text?.toLowerCase() };
}

function parse(args: readonly string[]): Given {
  let written = '';
  const program = new Command('npm run inbox:tail --')
    .usage('[options]')
    .description('Prints what the inbox receives, as it comes: first what is there already, then each arrival.')
    .addOption(new Option('--kind <kind>', `${RECORD_KINDS.join(', ')}; may be given several times`).argParser(collect))
    .option('--service <name>', 'of one service, such as auth-service')
    .option('--user <id>', 'of one user or visitor')
    .option('--trace <id>', 'of one trace')
    .option('--text <text>', 'that have this text anywhere')
    .option('--new', 'only what arrives from now on')
    .option('--utc', 'times in UTC instead of local time')
    .option('--json', 'one JSON object a line, for tools')
    .option(
      '--url <url>',
      `where the inbox is; default INBOX_URL, else that of the platform that runs, else ${LOCAL_INBOX}`,
    )
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => (written += text),
      writeErr: (text) => (written += text),
      getOutHelpWidth: () => HELP_WIDTH,
    });
  try {
    return program.parse([...args], { from: 'user' }).opts<Given>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) throw new CommandLineEnd(written, 0);
    throw new CommandLineEnd(`${written}npm run inbox:tail -- --help lists the options.\n`, 2);
  }
}

function inboxOf([first, ...others]: readonly RunningPlatform[]): Pick<TailOptions, 'url' | 'note'> {
  const url = first?.variables['INBOX_URL'];
  if (first === undefined || url === undefined) return { url: LOCAL_INBOX, note: undefined };
  if (others.length === 0) return { url, note: undefined };
  const list = [first, ...others].map((platform) => `  ${describePlatform(platform)}`).join('\n');
  return {
    url,
    note: `${others.length + 1} platforms run:\n${list}\nThis follows the first, which was started last; --url follows another.`,
  };
}

function readUrl(value: string): string {
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return new URL(value).origin;
  throw new CommandLineEnd(`--url must be an address such as ${LOCAL_INBOX}, got "${value}".\n`, 2);
}

function collect(value: string, before: readonly RecordKind[] = []): readonly RecordKind[] {
  const kind = RECORD_KINDS.find((known) => known === value);
  if (kind) return [...before, kind];
  throw new InvalidArgumentError(`--kind must be one of ${RECORD_KINDS.join(', ')}.`);
}

import { addCommand, type CommandContext, CommandError, exitCodes } from '../cli/command.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import { countOf, printable, tableOf } from '../cli/terminal.ts';
import { type FoundSpools, locateSpools } from '../spool/locate.ts';
import {
  accessOf,
  type ComplianceType,
  deletionStates,
  exitCodeOf,
  isReason,
  type PartOutcome,
  readTracked,
  stateLines,
  TRACKING_FILE,
} from './deletions.ts';
import { areHashed, type ForgetOutcome, type ForgetRequest, forget, readPeople, servicesOf } from './forget.ts';

interface Options {
  readonly compliance: string;
  readonly dir?: string;
  readonly status?: string | true;
  readonly yes?: boolean;
}

/** `qr-obs forget`: erases people everywhere. */
export const addForgetCommand: CommandGroup = (program, context) => {
  addCommand(context, program, 'forget [userId...]', {
    summary: 'Erase people: rows, what waits, and what the vendors have',
    details: [
      'Has every service remove its rows (SERVICE_TOKEN, AUTH_SERVICE_URL, QR_SERVICE_URL, ...), takes the people out of every spool, asks Mixpanel for',
      'the deletion (MIXPANEL_TOKEN, MIXPANEL_OAUTH_TOKEN, MIXPANEL_APP_HOST), and says what is to be done at Sentry (SENTRY_ORG, SENTRY_URL; with',
      'SENTRY_AUTH_TOKEN it finds the issues). Without --yes it only says what it would do. A part that fails does not stop the others (exit code 3), and',
      'running it again does no harm. Tracking ids are kept in .data/forget.json, without the ids of people. An e-mail address is looked for as the id that',
      'services send instead of it: its hash under PII_HASH_KEY, or the address itself with OBSERVABILITY_PLAIN_USER_IDS=true.',
    ].join(' '),
    examples: [
      'qr-obs forget 0b9f6c1e-5f0a-4a52-9c0e-3f6a1d1c7a10',
      'qr-obs forget 0b9f6c1e-5f0a-4a52-9c0e-3f6a1d1c7a10 --yes',
      'qr-obs forget --status',
    ],
    run: async (options: Options, ...userIds: string[]) => {
      const { status, dir, yes } = options;
      if (status !== undefined) {
        if (userIds.length > 0)
          throw new CommandError('--status asks for deletions by their tracking id, not by a person.');
        const deletions = await deletionStates(context, status === true ? undefined : status);
        const exitCode = exitCodeOf(deletions.map(({ state }) => state));
        return { result: { deletions }, lines: stateLines(deletions), exitCode };
      }
      if (userIds.length === 0) throw new CommandError('Say who is to be erased: qr-obs forget <userId>, or --status.');
      const request = { people: readPeople(context, userIds), complianceType: readCompliance(options.compliance), dir };
      // What is asked for must be written down.
      await readTracked(context.root);
      if (!yes) {
        const lines = await planLines(context, request, await locateSpools(context, dir));
        return {
          result: { erased: false, plan: lines.slice(1, -1).map((line) => line.trim()) },
          lines,
          exitCode: exitCodes.usage,
        };
      }
      const outcome = await forget(context, request);
      const hasFailed = outcome.parts.some((part) => part.outcome === 'failed');
      return {
        result: { erased: !hasFailed, ...outcome },
        lines: outcomeLines(outcome),
        ...(hasFailed && { exitCode: exitCodes.refused }),
      };
    },
  })
    .option('--yes', 'do it')
    .option('--compliance <type>', 'the law that Mixpanel is told: GDPR or CCPA', 'GDPR')
    .option('--status [trackingId]', 'ask Mixpanel how far one deletion is, or all that are not over')
    .option('--dir <folder>', 'a spool, or a folder of them; else OBSERVABILITY_SPOOL_DIR, else all of them');
};

/** @throws CommandError for anything else. */
function readCompliance(value: string): ComplianceType {
  const type = value.toUpperCase();
  if (type === 'GDPR' || type === 'CCPA') return type;
  throw new CommandError(`--compliance must be GDPR or CCPA, got "${value}".`);
}

/** What an erasure would do, before somebody says that it is meant. */
async function planLines(
  context: CommandContext,
  { people, complianceType }: ForgetRequest,
  found: FoundSpools,
): Promise<string[]> {
  const access = accessOf(context);
  const spools = found.spools.map(({ name }) => name).join(', ');
  const rows = [
    ...(await servicesOf(context)).map(({ name, origin }) => [name, `removes the rows, at ${origin}`]),
    [
      'spools',
      spools ? `what waits, what was rejected, what comes later: ${spools}` : `none in ${found.places.join(', ')}`,
    ],
    [
      'Mixpanel',
      isReason(access)
        ? `cannot be asked: ${access.detail}`
        : `is asked to delete events and profiles (${complianceType}), at ${access.appHost}; the tracking id goes into ${TRACKING_FILE}, no id of a person does`,
    ],
    ['Sentry', 'has no deletion for one person: you are told what to do'],
  ];
  const { given } = people;
  const whom = given.length === 1 ? `"${given[0]}"` : countOf(given.length, 'person', 'people');
  return [
    `This erases ${whom} for good:`,
    ...tableOf(rows).map((line) => `  ${line}`),
    ...(areHashed(people) ? [ADDRESS_NOTE] : []),
    'Nothing was erased. Say --yes to do it.',
  ];
}

const ADDRESS_NOTE =
  'An e-mail address is erased where it is the user id, and its hash. If your accounts have other ids, look the id up in the database.';

const WORDS: Readonly<Record<PartOutcome['outcome'], string>> = {
  done: 'done',
  failed: 'FAILED',
  'by hand': 'by hand',
  unused: 'unused',
};

/** What became of each part. */
function outcomeLines({ parts, deletions, steps }: ForgetOutcome): string[] {
  const rows = parts.map(({ part, name, outcome, detail }) => [
    part === 'spool' ? `spool ${name}` : name,
    WORDS[outcome],
    printable(detail),
  ]);
  const failed = parts.filter(({ outcome }) => outcome === 'failed').length;
  const failures = `${countOf(failed, 'part')} failed, the others are done. Run the same again when the reason is gone: it does no harm.`;
  return [
    ...tableOf(rows),
    ...(steps.length > 0 ? ['', 'At Sentry:', ...steps.map((step) => `  ${printable(step)}`)] : []),
    ...(deletions.length > 0
      ? ['', `qr-obs forget --status says how far Mixpanel is; its tracking ids are in ${TRACKING_FILE}.`]
      : []),
    ...(failed > 0 ? ['', failures] : []),
  ];
}

import { countOf } from '../cli/amount.ts';
import type { CommandContext } from '../cli/context.ts';
import { printable } from '../cli/printable.ts';
import { tableOf } from '../cli/table.ts';
import type { FoundSpools } from '../spool/locate.ts';
import type { ForgetOutcome, ForgetRequest } from './forget.ts';
import { accessOf, isReason } from './mixpanel.ts';
import type { PartOutcome } from './outcome.ts';
import { areHashed } from './people.ts';
import { servicesOf } from './services.ts';
import { TRACKING_FILE } from './tracking-file.ts';

/** What an erasure would do, before somebody says that it is meant. */
export async function planLines(
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
    ...tableOf(rows, ['left', 'left']).map((line) => `  ${line}`),
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
export function outcomeLines({ parts, deletions, steps }: ForgetOutcome): string[] {
  const rows = parts.map(({ part, name, outcome, detail }) => [
    part === 'spool' ? `spool ${name}` : name,
    WORDS[outcome],
    printable(detail),
  ]);
  const failed = parts.filter(({ outcome }) => outcome === 'failed').length;
  const failures = `${countOf(failed, 'part')} failed, the others are done. Run the same again when the reason is gone: it does no harm.`;
  return [
    ...tableOf(rows, ['left', 'left', 'left']),
    ...(steps.length > 0 ? ['', 'At Sentry:', ...steps.map((step) => `  ${printable(step)}`)] : []),
    ...(deletions.length > 0
      ? ['', `qr-obs forget --status says how far Mixpanel is; its tracking ids are in ${TRACKING_FILE}.`]
      : []),
    ...(failed > 0 ? ['', failures] : []),
  ];
}

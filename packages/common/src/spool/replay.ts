import { writeBatch } from '../delivery/batch-file.ts';
import { compress } from '../delivery/compress.ts';
import { envelopeOf } from '../delivery/envelope.ts';
import { Journal, LONG_TEXT } from '../delivery/journal.ts';
import { type LaneName, laneNames } from '../delivery/record.ts';
import { isReplayable, type LetterFilter, type LetterLine, matchesFilter } from './letters.ts';
import { assertOwnSpool } from './own-spool.ts';
import { restoreLetters, takeLetters } from './take-letters.ts';

/** What was put back into a lane. */
export interface ReplayedLane {
  readonly lane: LaneName;
  readonly records: number;
  readonly batches: number;
}

/** A request body: records of a JSON array, or one envelope. */
interface Body {
  readonly records: number;
  readonly body: Buffer | string;
}

/**
 * Puts rejected records back among what waits to be sent, as they are, `$insert_id` included: as batches in a folder of this process, which any other
 * process of the service adopts once this one has ended. Records that are not whole stay.
 *
 * @throws when the spool is another user's, or the disk refuses; nothing is lost then.
 */
export async function replayDeadLetters(root: string, filter: LetterFilter, now: number): Promise<ReplayedLane[]> {
  await assertOwnSpool(root);
  await restoreLetters(root, now);
  const isChosen = ({ letter }: LetterLine) =>
    letter !== undefined && matchesFilter(letter, filter) && isReplayable(letter);
  const replayed: ReplayedLane[] = [];
  for (const lane of laneNames) {
    let batches = 0;
    const records = await takeLetters(root, lane, isChosen, async (letters, draft) => {
      for (const { body, records: count } of bodiesOf(lane, byTime(letters))) {
        const key = String(++batches).padStart(8, '0');
        await writeBatch(draft, lane, key, { records: count, body: await compress(body) });
      }
    });
    if (records > 0) replayed.push({ lane, records, batches });
  }
  return replayed;
}

/** As they came: of two updates of a profile the last wins. */
function byTime(letters: readonly LetterLine[]): LetterLine[] {
  return [...letters].sort((a, b) => (a.letter?.at ?? '').localeCompare(b.letter?.at ?? ''));
}

function bodiesOf(lane: LaneName, letters: readonly LetterLine[]): Body[] {
  const records = letters.map(({ letter }) => letter?.record);
  if (lane !== 'sentry') return arraysOf(records.map((record) => JSON.stringify(record)));
  return records.flatMap((record) => {
    const body = envelopeOf(record);
    return body === undefined ? [] : { records: 1, body };
  });
}

/** As many records to a request as the receiver takes: what a lane does with those that are new. */
function arraysOf(records: readonly string[]): Body[] {
  const journal = new Journal({ nextPath: () => undefined, onDiskError: () => {} });
  const bodies: Body[] = [];
  const seal = () => {
    if (journal.records > 0) bodies.push(journal.take());
  };
  for (const json of records) {
    if (json.length > LONG_TEXT && !journal.fits(Buffer.byteLength(json))) seal();
    if (journal.add(json)) seal();
  }
  seal();
  return bodies;
}

import { compress, envelopeOf } from '../body.ts';
import {
  isReplayable,
  type LetterFilter,
  matchesFilter,
  parseLetter,
  type RejectedRecord,
  restoreLetters,
  takeLetters,
} from '../dead-letters.ts';
import { Journal, LONG_TEXT } from '../journal.ts';
import { batchLimitsOf, type LaneDefinition, type Lanes } from '../lanes.ts';
import { pathOf, writeWhole } from '../spool/files.ts';
import { assertOwnSpool } from './listing.ts';

/** What was put back into a lane. */
export interface ReplayedLane {
  readonly lane: string;
  readonly records: number;
  readonly batches: number;
}

/** A request body: records of a JSON array, or one envelope. */
interface Body {
  readonly records: number;
  readonly body: Buffer | string;
  readonly sequence: number;
}

/**
 * Puts rejected records back among what waits to be sent, as they are, `$insert_id` included: as batches in a folder of nobody, which any process of
 * the service adopts. Records that are not whole stay.
 *
 * @throws when the spool is another user's, or the disk refuses; nothing is lost then.
 */
export async function replayDeadLetters(
  root: string,
  lanes: Lanes,
  filter: LetterFilter,
  now: number,
): Promise<ReplayedLane[]> {
  await assertOwnSpool(root);
  await restoreLetters(root, now);
  const replayed: ReplayedLane[] = [];
  for (const [lane, definition] of Object.entries(lanes)) {
    const isChosen = (line: string) => {
      const letter = parseLetter(lane, line);
      return letter !== undefined && matchesFilter(letter, filter) && isReplayable(letter, lanes);
    };
    let batches = 0;
    const records = await takeLetters(root, lane, isChosen, async (lines, draft) => {
      const letters = inOrder(lines.flatMap((line) => parseLetter(lane, line) ?? []));
      let last = 0;
      for (const { body, records: count, sequence } of bodiesOf(definition, letters)) {
        // Unique, and in the order of the letters.
        last = Math.max(sequence, last + 1);
        const compressed = await compress(body);
        const content = { records: count, bytes: compressed.length };
        const name = { kind: 'batch', version: 2, lane, sequence: last, marks: '', ...content } as const;
        await writeWhole(pathOf(draft, name), compressed);
        batches++;
      }
    });
    if (records > 0) replayed.push({ lane, records, batches });
  }
  return replayed;
}

/** As they were tracked: of two updates of a profile the last wins. Letters of earlier versions have only the time of their rejection. */
function inOrder(letters: readonly RejectedRecord[]): RejectedRecord[] {
  return [...letters].sort((one, other) => sequenceOf(one) - sequenceOf(other));
}

function sequenceOf({ sequence, at }: RejectedRecord): number {
  return sequence ?? (Date.parse(at) || 0) * 1000;
}

function bodiesOf(definition: LaneDefinition, letters: readonly RejectedRecord[]): Body[] {
  if (definition.format === 'envelope') {
    return letters.flatMap((letter) => {
      const body = envelopeOf(letter.record);
      return body === undefined ? [] : { records: 1, body, sequence: sequenceOf(letter) };
    });
  }
  return arraysOf(letters, definition);
}

/**
 * As many records to a request as the receiver takes: what a lane does with those that are new. In a lane that keeps an order, only records of one
 * batch: others that still wait may belong between two of them.
 */
function arraysOf(letters: readonly RejectedRecord[], definition: LaneDefinition): Body[] {
  const isOrdered = definition.subjectOf !== undefined;
  const limits = batchLimitsOf(definition);
  const journal = new Journal({ limits, nextFile: () => undefined, checkOwnership: () => {}, onDiskError: () => {} });
  const bodies: Body[] = [];
  let sequence = 0;
  const seal = () => {
    if (journal.records > 0) bodies.push({ ...journal.take(), sequence });
  };
  for (const letter of letters) {
    const json = JSON.stringify(letter.record);
    if (isOrdered && sequenceOf(letter) !== sequence) seal();
    if (json.length > LONG_TEXT && !journal.fits(Buffer.byteLength(json))) seal();
    if (journal.records === 0) sequence = sequenceOf(letter);
    if (journal.add(json)) seal();
  }
  seal();
  return bodies;
}

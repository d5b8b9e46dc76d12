import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { withRegular } from './batch-file.ts';

const CHUNK_BYTES = 64 * 1024;
/** Kept of one piece for the next: an id may lie across the border. */
const OVERLAP = 4096;

/** Whether bytes are compressed, by their first two. */
export function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Whether a file mentions somebody, however large or damaged it is: read piece by piece, inflated as far as that goes. Only a regular file says anything.
 *
 * @throws what the disk says.
 */
export function mentionedIn(path: string, mentions: (text: string) => boolean): Promise<boolean> {
  return withRegular(path, async (file) => {
    let isFound = false;
    let rest = '';
    const decoder = new StringDecoder('utf8');
    const search = (bytes: Buffer) => {
      const text = rest + decoder.write(bytes);
      isFound ||= mentions(text);
      rest = text.slice(-OVERLAP);
    };
    const chunks = () => file.createReadStream({ autoClose: false, start: 0, highWaterMark: CHUNK_BYTES });
    const head = Buffer.alloc(2);
    await file.read(head, 0, head.length, 0);
    if (!isGzip(head)) {
      for await (const chunk of chunks()) {
        search(chunk as Buffer);
        if (isFound) return true;
        await nextTurn();
      }
      return isFound;
    }
    await pipeline(chunks(), createGunzip(), async (inflated) => {
      for await (const chunk of inflated) {
        if (isFound) continue;
        search(chunk as Buffer);
        await nextTurn();
      }
    }).catch((error: NodeJS.ErrnoException) => {
      if (!error.code?.startsWith('Z_')) throw error;
    });
    return isFound;
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

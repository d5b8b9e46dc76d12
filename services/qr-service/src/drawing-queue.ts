import { AppError } from '@qr/common/server';

/** Decoding and rasterising occupy threads of libuv's pool, which has four; files and name look-ups need the others. */
const SLOTS = 2;
const MAX_WAITING_PER_PERSON = 8;
/** Each may hold a logo of 200 kB. */
const MAX_WAITING = 200;
const MAX_WAIT_MS = 10_000;

/** Shares the threads that draw pictures among people. */
export interface DrawingQueue {
  /**
   * Runs `draw` when it is this person's turn: one picture of each person at a time, people in turn.
   *
   * @throws AppError 429 when 8 pictures of this person are waiting; 503 when 200 are waiting in all, or after 10 s.
   */
  run<Picture>(userId: string, draw: () => Promise<Picture>): Promise<Picture>;
}

/** Creates a queue that draws at most two pictures at a time. */
export function createDrawingQueue(): DrawingQueue {
  /** Those who wait, in the order of their turns, each with the starts of their pictures. */
  const waiting = new Map<string, Set<() => void>>();
  const drawing = new Set<string>();
  let waitingInAll = 0;

  function enter(userId: string): Promise<void> {
    const own = waiting.get(userId) ?? new Set();
    if (own.size >= MAX_WAITING_PER_PERSON) return Promise.reject(tooMany());
    if (waitingInAll >= MAX_WAITING) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      const start = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        leave(userId, start);
        reject(busy());
      }, MAX_WAIT_MS);
      waiting.set(userId, own.add(start));
      waitingInAll += 1;
      fillSlots();
    });
  }

  function leave(userId: string, start: () => void): void {
    const own = waiting.get(userId);
    if (!own?.delete(start)) return;
    waitingInAll -= 1;
    if (own.size === 0) waiting.delete(userId);
  }

  function fillSlots(): void {
    for (const [userId, own] of waiting) {
      if (drawing.size >= SLOTS) return;
      const [start] = own;
      if (start === undefined || drawing.has(userId)) continue;
      leave(userId, start);
      // Behind everybody else who waits.
      if (waiting.delete(userId)) waiting.set(userId, own);
      drawing.add(userId);
      start();
    }
  }

  return {
    async run(userId, draw) {
      await enter(userId);
      try {
        return await draw();
      } finally {
        drawing.delete(userId);
        fillSlots();
      }
    },
  };
}

function tooMany(): AppError {
  return new AppError({
    statusCode: 429,
    code: 'too_many_pictures',
    message: `More than ${MAX_WAITING_PER_PERSON} of your pictures are waiting to be drawn: try again when they are done.`,
  });
}

function busy(): AppError {
  return new AppError({
    statusCode: 503,
    code: 'busy',
    message: 'Too many pictures are waiting to be drawn: try again in a few seconds.',
  });
}

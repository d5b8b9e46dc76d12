import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import type { Life } from './life.ts';

/** The steps of a record's way at which a process can be told to die. */
type Operation =
  | 'journal open'
  | 'journal write'
  | 'seal write'
  | 'seal rename'
  | 'journal removal'
  | 'batch removal'
  | 'adoption rename'
  | 'adopted seal write'
  | 'adopted seal rename'
  | 'adopted journal removal';

/** Where exactly: at which call of an operation, and on which side of it. */
export interface ForcedPoint {
  readonly operation: Operation;
  /** `half`: a write is cut in two and the second part never happens. */
  readonly when: 'before' | 'half' | 'after';
  /** 1 is the first call. */
  readonly call: number;
}

/** Makes `node:fs` kill this process with SIGKILL at a point of its life. Import it before whatever is to die. */
export function dieAt({ operation, when, call }: ForcedPoint, logFile: string): void {
  const { writeSync, openSync } = fs;
  const { writeFile, rename, unlink } = promises;
  const journals = new Set<number>();
  let calls = 0;
  const isDue = (...names: readonly Operation[]) => names.includes(operation) && ++calls === call;

  function die(): void {
    fs.appendFileSync(logFile, `killed ${Date.now()}\n`);
    process.kill(process.pid, 'SIGKILL');
  }
  function around<T>(isNow: boolean, act: () => T): T {
    if (isNow && when === 'before') die();
    const result = act();
    if (isNow && when !== 'before') die();
    return result;
  }
  async function aroundAsync<T>(isNow: boolean, act: () => Promise<T>): Promise<T> {
    if (isNow && when === 'before') die();
    const result = await act();
    if (isNow && when !== 'before') die();
    return result;
  }

  fs.openSync = ((path: string, ...rest: [string, number]) => {
    const isJournal = path.endsWith('.journal');
    const fd = around(isJournal && isDue('journal open'), () => openSync(path, ...rest));
    if (isJournal) journals.add(fd);
    else journals.delete(fd);
    return fd;
  }) as typeof fs.openSync;

  fs.writeSync = ((fd: number, buffer: Buffer, from: number, length: number) => {
    const isNow = journals.has(fd) && isDue('journal write');
    const count = isNow && when === 'half' ? Math.floor(length / 2) : length;
    return around(isNow, () => writeSync(fd, buffer, from, count));
  }) as typeof fs.writeSync;

  promises.writeFile = ((path: string, body: Buffer, ...rest: []) => {
    const isNow = path.endsWith('.json.gz.tmp') && isDue(isAdopted(path) ? 'adopted seal write' : 'seal write');
    const part = isNow && when === 'half' ? body.subarray(0, body.length / 2) : body;
    return aroundAsync(isNow, () => writeFile(path, part, ...rest));
  }) as typeof promises.writeFile;

  promises.rename = ((from: string, to: string) => {
    const isSeal = from.endsWith('.json.gz.tmp');
    const isNow = isDue(isSeal ? (isAdopted(to) ? 'adopted seal rename' : 'seal rename') : 'adoption rename');
    return aroundAsync(isNow, () => rename(from, to));
  }) as typeof promises.rename;

  promises.unlink = ((path: string) => {
    const isJournal =
      path.endsWith('.journal') && isDue(isAdopted(path) ? 'adopted journal removal' : 'journal removal');
    const isBatch = path.endsWith('.json.gz') && isDue('batch removal');
    return aroundAsync(isJournal || isBatch, () => unlink(path));
  }) as typeof promises.unlink;

  syncBuiltinESMExports();
}

function isAdopted(path: string): boolean {
  return path.includes('/adopted-');
}

/** The task of this process. */
export function lifeOf(argument: string | undefined): Life {
  if (argument === undefined) throw new Error('Expected a life as JSON: this process is started by a crash run.');
  return JSON.parse(argument) as Life;
}

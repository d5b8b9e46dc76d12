import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startReceiver } from '../receiver/receiver.mjs';
import { startSender, temporaryFolder, variants } from '../sender.mjs';

const RATE_PER_SECOND = 2000;
/** What was tracked less than this before the kill may be lost: the promise begins after it. */
const GRACE_MS = 50;
/** More would starve each other of the two cores, and a process without a core cannot end its turn. */
const TOGETHER = 2;

/** What is lost by SIGKILL with the receiver up, and with it down until the restart. */
export async function kill({ isQuick, kills, log }) {
  const rivals = variants.filter(({ kind, isRecommended }) => kind === 'rival' && !isRecommended);
  const ours = variants.filter(({ kind }) => kind === 'ours');
  const queue = [];
  for (const isReceiverUp of [true, false]) {
    for (let count = 0; count < kills; count++) queue.push(...ours.map((variant) => ({ variant, isReceiverUp })));
    for (const variant of isQuick ? rivals.slice(0, 1) : rivals) queue.push({ variant, isReceiverUp });
  }
  const samples = [];
  const problems = [];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { variant, isReceiverUp } = next;
      const sample = await oneKill(variant, isReceiverUp, isQuick);
      if (sample.tally.foreign > 0) problems.push(`${variant.label}: the receiver has events that nobody tracked.`);
      samples.push({ label: variant.label, isReceiverUp, ...sample });
      const where = isReceiverUp ? 'up' : 'down';
      log(
        `kill, receiver ${where}: ${variant.label} lost ${sample.lost} of ${sample.accepted}, ${sample.lostInLastTurn} of them in its last turn`,
      );
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, worker));
  return { samples, problems };
}

async function oneKill(variant, isReceiverUp, isQuick) {
  const receiver = await startReceiver();
  const folder = temporaryFolder();
  const logFile = join(folder.path, 'tracked.log');
  const spoolDir = join(folder.path, 'spool');
  try {
    if (!isReceiverUp) await receiver.refuse();
    const options = { ratePerSecond: RATE_PER_SECOND, durationMs: 60_000, logFile, recoverMs: 0 };
    const first = startSender(variant, { receiver, spoolDir, job: 'paced', options });
    await firstLine(logFile, first.done);
    // From the first burst to past two flush intervals: before a batch, amid one, while one is under way.
    const livesForMs = 20 + Math.random() * 2500;
    await Promise.race([first.done, new Promise((resolve) => setTimeout(resolve, livesForMs))]);
    const killedAt = Date.now();
    first.kill();
    const { crashed } = await first.done;
    const { tracked, accepted, inLastTurn } = readLog(logFile, killedAt - GRACE_MS);
    if (!isReceiverUp) await receiver.listen();
    const recoverMs = variant.kind === 'rival' ? 1000 : isQuick ? 7000 : 15_000;
    const second = startSender(variant, { receiver, spoolDir, job: 'drain', options: { target: tracked, recoverMs } });
    const restarted = await second.done;
    return {
      livesForMs,
      /** How it ended; anything but SIGKILL was its own doing. */
      ended: crashed,
      tracked,
      accepted,
      lost: await receiver.missing(0, accepted),
      /** Of the lost ones, those after which the process did nothing more: its loop had not come to the end of their turn. */
      lostInLastTurn: await receiver.missing(Math.min(inLastTurn, accepted), accepted),
      lostYoung: await receiver.missing(accepted, tracked),
      restarted,
      tally: await receiver.read(),
    };
  } finally {
    await receiver.stop();
    folder.remove();
  }
}

/** How many events the log knows, how many of them were there before `latest`, and with which the last burst began. */
function readLog(logFile, latest) {
  const lines = readLines(logFile).map((line) => line.split(' ').map(Number));
  const tracked = lines.at(-1)?.[0] ?? 0;
  const accepted = lines.filter(([, at]) => at <= latest).at(-1)?.[0] ?? 0;
  return { tracked, accepted, inLastTurn: lines.at(-2)?.[0] ?? 0 };
}

function readLines(logFile) {
  try {
    return readFileSync(logFile, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}

async function firstLine(logFile, done) {
  let hasEnded = false;
  done.then(() => {
    hasEnded = true;
  });
  while (!hasEnded && readLines(logFile).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

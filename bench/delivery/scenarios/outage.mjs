import { startReceiver } from '../receiver/receiver.mjs';
import { startSender, temporaryFolder, variants } from '../sender.mjs';

const RATE_PER_SECOND = 500;
const BEFORE_MS = 2000;
const AFTER_MS = 2000;
/** How many senders share the machine: each works a small part of the time. */
const TOGETHER = 4;

/** What is lost when the receiver answers 503 for 5 and for 30 seconds. */
export async function outage({ isQuick, rounds, log }) {
  const rivals = variants.filter(({ kind, isRecommended }) => kind === 'rival' && !isRecommended);
  const ours = variants.filter(({ kind }) => kind === 'ours');
  const samples = [];
  const problems = [];
  for (const outageMs of isQuick ? [5000] : [5000, 30_000]) {
    const queue = [
      ...Array.from({ length: isQuick ? 1 : rounds }, () => ours).flat(),
      ...(isQuick ? rivals.slice(0, 2) : rivals),
    ];
    const worker = async () => {
      for (let variant = queue.shift(); variant; variant = queue.shift()) {
        const sample = await oneOutage(variant, outageMs, isQuick);
        if (sample.tally.foreign > 0) problems.push(`${variant.label}: the receiver has events that nobody tracked.`);
        samples.push({ label: variant.label, outageMs, ...sample });
        log(`outage of ${outageMs / 1000} s: ${variant.label} lost ${sample.lost} of ${sample.tracked}`);
      }
    };
    await Promise.all(Array.from({ length: TOGETHER }, worker));
  }
  return { samples, problems };
}

async function oneOutage(variant, outageMs, isQuick) {
  const receiver = await startReceiver();
  const folder = temporaryFolder();
  const options = {
    ratePerSecond: RATE_PER_SECOND,
    durationMs: BEFORE_MS + outageMs + AFTER_MS,
    // Longer than the longest wait of the retry policies here, for those who do not send at once when flushed.
    recoverMs: variant.kind === 'ours' ? 70_000 : isQuick ? 15_000 : 45_000,
  };
  const { done } = startSender(variant, { receiver, spoolDir: folder.path, job: 'paced', options });
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  try {
    await Promise.race([done, wait(BEFORE_MS + 500)]);
    await receiver.answerWith(503);
    await Promise.race([done, wait(outageMs)]);
    await receiver.answerWith(200);
    const result = await done;
    const tally = await receiver.read();
    const tracked = result.tracked ?? result.progress?.tracked ?? 0;
    return { ...result, tracked, tally, lost: tracked - tally.distinct };
  } finally {
    await receiver.stop();
    folder.remove();
  }
}

import { median, medianRatio } from './statistics.mjs';

export const OURS = '@qr/common';
/** The same from within a request, with error tracking on. */
export const IN_REQUEST = '@qr/common in a request';
const STRINGIFY = 'JSON.stringify alone';
const LIVE = 'stringify + gzip 1 + undici, 2000 a POST';
const TRACK = 'mixpanel.track';
const BATCH = 'mixpanel.track_batch(50)';

/** What each figure should be: `must` and `aim`, and the side of it that is good. */
export const targets = {
  trackNsOverStringify: { must: 1.2, aim: 0.8, good: 'below' },
  trackNsOverStringifyTicksOf1: { must: 4, aim: 4, good: 'below' },
  trackTimesCheaperThanMixpanelTrack: { must: 20, aim: 40, good: 'above' },
  cpuPerEventOverFloor: { must: 1.3, aim: 1, good: 'below' },
  deliveredPerCpuSecondOverMixpanelBatch: { must: 1.6, aim: 2.5, good: 'above' },
  rssGrowthMiBReceiverDown200k: { must: 32, aim: 16, good: 'below' },
  lostReceiverDown200k: { must: 0, aim: 0, good: 'below' },
  lostOutage: { must: 0, aim: 0, good: 'below' },
  lostSigkillReceiverUp: { must: 0, aim: 0, good: 'below' },
  lostSigkillReceiverDown: { must: 0, aim: 0, good: 'below' },
  maxLoopStallMs: { must: 10, aim: 5, good: 'below' },
};

const sum = (values) => (values.length === 0 ? null : values.reduce((total, value) => total + value, 0));

/** CPU of one event without what the harness spends on making it: measured in the same round with no sender. */
export function cpuUsPerEvent({ cpuUs, events }, round) {
  const none = round.find(({ label }) => label === 'no sender');
  return cpuUs / events - none.cpuUs / none.events;
}

/** One sender's figures in those scenarios that were run; `null` for the others. */
export function figuresOf({ calls, throughput, memory, outage, kill }, sender = OURS) {
  const callSamples = calls?.samples ?? [];
  const cpuSamples = throughput?.samples ?? [];
  const ours = (samples) => (samples ?? []).filter(({ label }) => label === sender);
  /** With the turn of the loop, in which we write the journal and the others their requests; `JSON.stringify` has none. */
  const ns = (ticks) => (sample, round) =>
    sample.label === STRINGIFY
      ? sample.ticksOf20Ns - round.find(({ label }) => label === 'no sender').ticksOf20Ns
      : sample[ticks];
  const kills = (isUp) => ours(kill?.samples).filter(({ isReceiverUp }) => isReceiverUp === isUp);
  return {
    trackNsOverStringify: medianRatio(callSamples, sender, STRINGIFY, ns('ticksOf20Ns')),
    trackNsOverStringifyTicksOf1: medianRatio(callSamples, sender, STRINGIFY, ns('ticksOf1Ns')),
    trackTimesCheaperThanMixpanelTrack: medianRatio(callSamples, TRACK, sender, ns('ticksOf20Ns')),
    cpuPerEventOverFloor: medianRatio(cpuSamples, sender, LIVE, cpuUsPerEvent),
    deliveredPerCpuSecondOverMixpanelBatch: medianRatio(cpuSamples, BATCH, sender, cpuUsPerEvent),
    rssGrowthMiBReceiverDown200k: median(ours(memory?.samples).map(({ growthMiB }) => growthMiB)),
    lostReceiverDown200k: sum(ours(memory?.samples).map(({ tracked, arrived }) => tracked - (arrived ?? 0))),
    lostOutage: sum(ours(outage?.samples).map(({ lost }) => lost)),
    lostSigkillReceiverUp: sum(kills(true).map(({ lost }) => lost)),
    lostSigkillReceiverDown: sum(kills(false).map(({ lost }) => lost)),
    maxLoopStallMs: median(ours(throughput?.stalls).map(({ maxStallMs }) => maxStallMs)),
  };
}

/** `aim`, `must`, or `missed`. */
export function verdict(name, value) {
  const { must, aim, good } = targets[name];
  const reaches = (target) => (good === 'below' ? value <= target : value >= target);
  if (reaches(aim)) return 'aim';
  return reaches(must) ? 'must' : 'missed';
}

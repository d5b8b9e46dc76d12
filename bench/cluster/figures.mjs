import { median, medianRatio } from '../delivery/statistics.mjs';
import { SENDER, SHIPPER, TRANSPORT } from './shipping.mjs';

/** What each figure must be, and the side of it that is good. */
export const targets = {
  achievedPerSecond: { must: 20_000, good: 'above' },
  lost: { must: 0, good: 'below' },
  shippingOverSender: { must: 0.7, good: 'above' },
  p95ThroughRedisMs: { must: 2000, good: 'below' },
};

/** The figures of what was measured; `null` for the rest. */
export function figuresOf({ rate, latency, shipping }) {
  const runs = [...(rate?.samples ?? []), ...(latency?.samples ?? [])];
  const full = (rate?.samples ?? []).filter(({ into }) => into === 'receiver');
  const half = (throughRedis) => (latency?.samples ?? []).filter((sample) => sample.throughRedis === throughRedis);
  const p95 = (samples) => median(samples.map(({ latencyMs }) => latencyMs.p95));
  return {
    // A clock that is read to the millisecond makes of 20,000 sometimes 19,999.
    achievedPerSecond: rounded(median(full.map(({ achievedPerSecond }) => achievedPerSecond))),
    lost: runs.length === 0 ? null : runs.reduce((sum, { tracked, distinct }) => sum + tracked - distinct, 0),
    copies: runs.length === 0 ? null : runs.reduce((sum, { copies }) => sum + copies, 0),
    shippingOverSender: shippingRatio(shipping, SENDER, 2000),
    shippingOverSenderSmallBatches: shippingRatio(shipping, SENDER, 200),
    shippingOverTransportAlone: shippingRatio(shipping, TRANSPORT, 2000),
    p95ThroughRedisMs: p95(half(true)),
    p95DirectMs: p95(half(false)),
  };
}

/** Events a CPU second of a shipper over those of another way, with the same batches in the same round. */
function shippingRatio(shipping, other, size) {
  const samples = (shipping?.samples ?? []).filter(({ recordsEach }) => recordsEach === size);
  return samples.length === 0
    ? null
    : medianRatio(samples, SHIPPER, other, ({ records, cpuSeconds }) => records / cpuSeconds);
}

function rounded(value) {
  return value === null ? null : Math.round(value / 10) * 10;
}

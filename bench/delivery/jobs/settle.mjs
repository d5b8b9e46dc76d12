const FLUSH_LIMIT_MS = 10_000;
const POLL_MS = 250;

/**
 * Flushes until the receiver has `target` events, or `timeoutMs` are over.
 *
 * @returns how many different events the receiver has.
 */
export async function settle(sender, parent, target, timeoutMs = 20_000) {
  const end = performance.now() + timeoutMs;
  for (;;) {
    await flushOnce(sender);
    const distinct = await parent.arrived(target, POLL_MS);
    if (distinct >= target || performance.now() > end) return distinct;
  }
}

/** A flush that fails or never ends is the sender's affair: the receiver's count decides. */
async function flushOnce(sender) {
  let limit;
  await Promise.race([
    Promise.resolve(sender.flush()).catch(() => {}),
    new Promise((resolve) => {
      limit = setTimeout(resolve, FLUSH_LIMIT_MS);
    }),
  ]);
  clearTimeout(limit);
}

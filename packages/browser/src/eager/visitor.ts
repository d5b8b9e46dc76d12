import type { KeptCall } from './call-queue.ts';
import { hexId } from './hex-id.ts';
import type { MixpanelCall } from './mixpanel-call.ts';

const DEVICE = '$device:';

/** A call with its id, and with whom it is of: what the SDK would have added. */
export interface AttributedCall {
  readonly kind: MixpanelCall['kind'];
  readonly id: string;
  readonly at: number;
  readonly deviceId: string;
  readonly userId: string | undefined;
}

/**
 * Attributes calls as the SDK would have, from what it remembers of the visitor, and writes down what it should remember after them. The entry is
 * the SDK's own (`persistence: 'localStorage'`), so that whichever comes first, the other goes on with the same device and user.
 */
export function identityAfter(token: string, calls: readonly KeptCall<MixpanelCall>[]): AttributedCall[] {
  const key = `mp_${token}_mixpanel`;
  let stored: Record<string, unknown> = {};
  try {
    stored = JSON.parse(localStorage.getItem(key) ?? '{}');
  } catch {
    // Storage is blocked: a visitor of this page only.
  }
  let deviceId = textOf(stored['$device_id']) ?? hexId();
  let userId = textOf(stored['$user_id']);
  const attributed = calls.map(({ call, at }) => {
    if (call.kind === 'identify') userId = call.userId;
    else if (call.kind === 'reset') {
      userId = undefined;
      deviceId = hexId();
    }
    return { ...call, at, id: hexId(), deviceId, userId };
  });
  const identity = { distinct_id: userId ?? DEVICE + deviceId, $device_id: deviceId, $user_id: userId };
  try {
    localStorage.setItem(key, JSON.stringify({ ...stored, ...identity }));
  } catch {
    // As above.
  }
  return attributed;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

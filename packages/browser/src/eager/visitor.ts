import { hexId } from './hex-id.ts';

/** Where the SDK keeps who the visitor is (`persistence: 'localStorage'`). */
export const visitorKey = (token: string): string => `mp_${token}_mixpanel`;

/**
 * Who the visitor is, as the SDK remembers it, for the server to attribute calls by. A new visitor is written down in the SDK's own form, so that it
 * goes on with the same device on the next visit; after a log-out nothing is remembered.
 */
export function visitorOf(token: string, isLeft: boolean): unknown {
  const key = visitorKey(token);
  const deviceId = hexId();
  const fresh = { distinct_id: `$device:${deviceId}`, $device_id: deviceId };
  try {
    const stored = localStorage.getItem(key);
    if (isLeft) localStorage.removeItem(key);
    else if (!stored) localStorage.setItem(key, JSON.stringify(fresh));
    return stored ? JSON.parse(stored) : fresh;
  } catch {
    // Storage is blocked: a visitor of this page only.
    return fresh;
  }
}

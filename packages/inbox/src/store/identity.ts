import type { JsonObject, StoredEvent } from './records.ts';

/** Before the id of a device in a distinct id. */
export const DEVICE_PREFIX = '$device:';

/**
 * Who is behind a distinct id, after Mixpanel's simplified identity merge: the first event that carries both
 * `$device_id` and `$user_id` gives the device, with all it did before, to that user.
 */
export class Identity {
  readonly #userOfDevice = new Map<string, string>();
  readonly #maxDevices: number;

  constructor(maxDevices: number) {
    this.#maxDevices = maxDevices;
  }

  learn(event: StoredEvent): void {
    const deviceId = event.properties['$device_id'];
    const userId = event.properties['$user_id'];
    if (typeof deviceId !== 'string' || typeof userId !== 'string' || deviceId === '' || userId === '') return;
    if (this.#userOfDevice.has(deviceId)) return;
    this.#userOfDevice.set(deviceId, userId);
    if (this.#userOfDevice.size > this.#maxDevices) {
      for (const oldest of this.#userOfDevice.keys()) {
        this.#userOfDevice.delete(oldest);
        break;
      }
    }
  }

  /** The user's id when the device is known to be theirs, else the id itself. */
  resolve(distinctId: string): string {
    if (!distinctId.startsWith(DEVICE_PREFIX)) return distinctId;
    return this.#userOfDevice.get(distinctId.slice(DEVICE_PREFIX.length)) ?? distinctId;
  }

  /** Forgets every device of these users. */
  forget(userIds: ReadonlySet<string>): void {
    for (const [deviceId, userId] of this.#userOfDevice) {
      if (userIds.has(userId)) this.#userOfDevice.delete(deviceId);
    }
  }

  clear(): void {
    this.#userOfDevice.clear();
  }
}

/**
 * The distinct id of an event's properties; undefined when they name nobody at all. The user decides, then the device;
 * a `distinct_id` that was sent counts only when there is neither.
 * @see https://docs.mixpanel.com/docs/tracking-methods/id-management/identifying-users-simplified
 */
export function distinctIdOf(properties: JsonObject): string | undefined {
  const userId = properties['$user_id'];
  if (typeof userId === 'string' && userId !== '') return userId;
  const deviceId = properties['$device_id'];
  if (typeof deviceId === 'string' && deviceId !== '') return `${DEVICE_PREFIX}${deviceId}`;
  const distinctId = properties['distinct_id'];
  if (typeof distinctId === 'number') return String(distinctId);
  return typeof distinctId === 'string' ? distinctId : undefined;
}

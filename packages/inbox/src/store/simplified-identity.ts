import { DEVICE_PREFIX, type Identity, LINK_EVENTS, type LinkFailure } from './identity.ts';
import type { StoredEvent } from './records.ts';

/**
 * Simplified ID Merge: the first ordinary event that carries both `$device_id` and `$user_id` gives the device, with all
 * it did before, to that user. A device keeps its first user, so two users are never merged.
 * @see https://docs.mixpanel.com/docs/tracking-methods/id-management/identifying-users-simplified
 */
export class SimplifiedIdentity implements Identity {
  readonly #userOfDevice = new Map<string, string>();
  readonly #maxDevices: number;

  constructor(maxDevices: number) {
    this.#maxDevices = maxDevices;
  }

  learn({ event, properties }: StoredEvent): void {
    if (LINK_EVENTS.has(event)) return;
    const deviceId = properties['$device_id'];
    const userId = properties['$user_id'];
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

  resolve(distinctId: string): string {
    if (!distinctId.startsWith(DEVICE_PREFIX)) return distinctId;
    return this.#userOfDevice.get(distinctId.slice(DEVICE_PREFIX.length)) ?? distinctId;
  }

  idsOf(canonicalId: string): string[] {
    const ids: string[] = [];
    for (const [deviceId, userId] of this.#userOfDevice) {
      if (userId === canonicalId) ids.push(`${DEVICE_PREFIX}${deviceId}`);
    }
    return ids;
  }

  forget(userIds: ReadonlySet<string>): void {
    for (const [deviceId, userId] of this.#userOfDevice) {
      if (userIds.has(userId)) this.#userOfDevice.delete(deviceId);
    }
  }

  failures(): ReadonlyMap<string, LinkFailure> {
    return new Map();
  }

  clear(): void {
    this.#userOfDevice.clear();
  }
}

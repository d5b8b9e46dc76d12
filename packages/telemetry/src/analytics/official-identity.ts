import { distinctIdOfDevice, isDevice, sendableIdOf, usableDeviceIdOf } from './identity.ts';

/** Who an event of the official client is about. */
export interface OfficialIdentity {
  /** The user, else the device with the vendor's prefix, else empty for nobody. */
  readonly id: string;
  /** The device of a user, without prefix. */
  readonly deviceId: string | undefined;
}

/**
 * Reads identities after the vendor's simplified id management: `$user_id` decides, else `distinct_id` when it is not that of the device,
 * else `$device_id`.
 *
 * @returns `undefined` when the event names somebody by an id that is not usable: it must not become an event of nobody.
 */
export function identityOf(properties: Readonly<Record<string, unknown>>): OfficialIdentity | undefined {
  const user = idIn(properties, '$user_id');
  const device = idIn(properties, '$device_id');
  const distinct = idIn(properties, 'distinct_id');
  const deviceId = device.isGiven ? usableDeviceIdOf(device.id) : undefined;
  if (user.isGiven) return user.id === undefined ? undefined : { id: user.id, deviceId };
  if (distinct.isGiven && distinct.id === undefined) return undefined;
  const distinctId = distinct.id ?? '';
  if (!device.isGiven) return { id: distinctId, deviceId: undefined };
  // Older clients send the id of the device as `distinct_id` too: taken for a user, it would be merged for good.
  if (distinctId !== '' && !isDevice(distinctId) && distinctId !== deviceId) return { id: distinctId, deviceId };
  return deviceId === undefined ? undefined : { id: distinctIdOfDevice(deviceId), deviceId: undefined };
}

function idIn(properties: Readonly<Record<string, unknown>>, name: string) {
  const value = properties[name];
  const isGiven = value !== undefined && value !== null && value !== '';
  return { isGiven, id: isGiven ? sendableIdOf(value) : undefined };
}

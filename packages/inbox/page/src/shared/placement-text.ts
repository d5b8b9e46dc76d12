import type { Placement } from '../../../src/store/records.ts';

/** Where the vendor would place a record, in words. */
export function placementText(placement: Placement): string {
  switch (placement.by) {
    case 'sender':
      return `${placement.place}, set by the sender`;
    case 'coordinates':
      return `near ${placement.place}, set by the sender`;
    case 'ip':
      return `from the address ${placement.address}, set by the sender`;
    case 'request':
      return `from the sender's address ${placement.address}${placement.isServer ? ", which is your server's" : ''}`;
    case 'nothing':
      return `not located (${placement.reason})`;
  }
}

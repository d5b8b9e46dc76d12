import type { Identity, IdMerge } from './identity.ts';
import { OriginalIdentity } from './original-identity.ts';
import { SimplifiedIdentity } from './simplified-identity.ts';

/** @param maxIds - linked ids kept; beyond it the oldest goes */
export function createIdentity(idMerge: IdMerge, maxIds: number): Identity {
  return idMerge === 'original' ? new OriginalIdentity(maxIds) : new SimplifiedIdentity(maxIds);
}

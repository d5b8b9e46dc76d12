import { event, person } from '@qr/plan';
import Type from '@qr/plan/typebox';
import { oneOf, qrId, visitor } from './vocabulary.ts';

/** Scanning QR codes. The actor is the visitor, by an id that rotates daily. */
export const scanEvents = {
  qr_scanned: event({
    description: 'A code was scanned and the visitor was sent on.',
    owner: 'product',
    surfaces: ['server'],
    destinations: ['mixpanel', 'analytics'],
    properties: {
      qr_id: qrId,
      qr_owner_id: Type.Optional(person(Type.String({ description: 'Id of the account that owns the code.' }))),
      ...visitor,
      scan_time: Type.Optional(Type.String({ description: 'When, as ISO 8601 in UTC.', format: 'date-time' })),
    },
  }),
  qr_scan_failed: event({
    description: 'A code was scanned and led nowhere.',
    owner: 'product',
    surfaces: ['server'],
    properties: {
      // Absent where the address holds no id of ours: anyone can write anything there.
      qr_id: Type.Optional(qrId),
      reason: oneOf(
        [
          'not_found',
          'disabled',
          'loop',
          'malformed',
          'wrong_method',
          'rate_limited',
          'overloaded',
          'unavailable',
          'server_error',
        ],
        'Why it led nowhere. `loop`: through other codes back to itself. `rate_limited` and `overloaded` count once a minute for each visitor.',
      ),
      ...visitor,
    },
  }),
};

import { event, person } from '@qr/plan';
import Type from 'typebox';
import { qrId, visitor } from './vocabulary.ts';

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
      qr_id: qrId,
      reason: Type.Union([Type.Literal('not_found'), Type.Literal('disabled'), Type.Literal('unavailable')], {
        description: 'Why it led nowhere.',
      }),
      ...visitor,
    },
  }),
};

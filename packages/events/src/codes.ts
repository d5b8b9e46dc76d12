import { event } from '@qr/plan';
import Type from '@qr/plan/typebox';
import { qrId, qrType } from './vocabulary.ts';

/** Making QR codes. */
export const codeEvents = {
  qr_created: event({
    description: 'A QR code was stored and can be scanned.',
    owner: 'product',
    surfaces: ['server', 'browser'],
    properties: {
      qr_id: qrId,
      qr_type: Type.Optional(qrType),
      has_custom_logo: Type.Optional(Type.Boolean({ description: 'Whether a logo is drawn in the middle.' })),
      is_first_qr: Type.Optional(Type.Boolean({ description: 'Whether it is the first code of this person.' })),
    },
  }),
  qr_updated: event({
    description: 'A person changed a code that exists: its picture stays the same.',
    owner: 'product',
    surfaces: ['server'],
    properties: {
      qr_id: qrId,
      changed: Type.Union(
        [
          Type.Literal('destination'),
          Type.Literal('disabled'),
          Type.Literal('enabled'),
          Type.Literal('title'),
          Type.Literal('parameters'),
          Type.Literal('look'),
        ],
        { description: 'What of it; the first of these that applies.' },
      ),
    },
  }),
  qr_deleted: event({
    description: 'A person removed a code; scans of it lead nowhere.',
    owner: 'product',
    surfaces: ['server'],
    properties: { qr_id: qrId },
  }),
  qr_creation_failed: event({
    description: 'A person asked for a QR code and got none.',
    owner: 'product',
    surfaces: ['server', 'browser'],
    properties: {
      qr_type: Type.Optional(qrType),
      reason: Type.Union(
        [Type.Literal('invalid'), Type.Literal('plan_limit'), Type.Literal('network'), Type.Literal('server_error')],
        { description: 'Why: a closed list, never an error message, which may quote what the person typed.' },
      ),
    },
  }),
};

import Type, { type Static } from 'typebox';

// Looser than what qr-service makes today, so that ids can grow without this service.
export const scanParams = Type.Object({ qrId: Type.String({ pattern: '^[A-Za-z0-9_-]{8,64}$' }) });

/** What qr-service tells of a code. */
export const codeSchema = Type.Object({
  id: Type.String(),
  ownerId: Type.String(),
  // Checked again here: this is the service that sends people there.
  // Null for what phones read from the code itself.
  destinationUrl: Type.Union([Type.String({ pattern: '^https?://[\\x21-\\x7e]+$' }), Type.Null()]),
  status: Type.Union([Type.Literal('active'), Type.Literal('disabled')]),
  // Absent in answers of an older qr-service.
  forwardsQuery: Type.Optional(Type.Boolean()),
});

/** A code that leads somewhere. */
export type Code = Readonly<Static<typeof codeSchema>> & {
  readonly destinationUrl: string;
  /** The id in a destination that may be another code, or this one. */
  readonly nextCodeId: string | undefined;
};

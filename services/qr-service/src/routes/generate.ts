import { identifyUser, type Server, statusOfError, trackEvent } from '@qr/common';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import type { AppContext } from '../app.ts';
import { createdReply, generateBody, toCodeReply } from '../schemas.ts';

/** `POST /qr/generate` makes a code. */
export function addGenerateRoute(app: Server, { codes, contents, sessions }: AppContext): void {
  app.post(
    '/qr/generate',
    {
      schema: { body: generateBody, response: { 201: createdReply } },
      // Here, as a body that its schema refuses never reaches the handler.
      async onError(request, reply, error) {
        const session = sessions.read(request);
        const reason = failureReason(statusOfError(error, reply));
        if (!session || !reason) return;
        const qrType = typeOf(request.body);
        trackEvent('qr_creation_failed', session.userId, { ...(qrType && { qr_type: qrType }), reason });
      },
    },
    async (request, reply) => {
      const session = sessions.require(request);
      const { userId } = session;
      const { code, codesCreated } = await codes.create(session, request.body);
      const isFirst = codesCreated === 1;
      trackEvent('qr_created', userId, {
        qr_id: code.id,
        qr_type: code.type,
        has_custom_logo: code.hasCustomLogo,
        is_first_qr: isFirst,
      });
      identifyUser(userId, { total_qrs_created: codesCreated });
      return reply.code(201).send({ ...toCodeReply(code, contents.scanUrl(code)), isFirst });
    },
  );
}

/** Of a body that may be anything. */
function typeOf(body: unknown): Static<typeof generateBody>['type'] | undefined {
  const type = typeof body === 'object' && body !== null && 'type' in body ? body.type : undefined;
  return Value.Check(generateBody.properties.type, type) ? type : undefined;
}

/** Refusals that are no failure to make a code, such as 429, have none. */
function failureReason(statusCode: number): 'invalid' | 'plan_limit' | 'server_error' | undefined {
  if (statusCode >= 500) return 'server_error';
  if (statusCode === 402) return 'plan_limit';
  return statusCode === 400 || statusCode === 413 || statusCode === 415 ? 'invalid' : undefined;
}

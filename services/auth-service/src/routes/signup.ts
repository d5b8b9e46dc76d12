import { identifyUser, type Server, statusOfError, trackEvent, visitorId } from '@qr/common';
import type { FastifyReply } from 'fastify';
import { normalizeEmail } from '../accounts.ts';
import type { AppContext } from '../app.ts';
import { signupBody, toUserReply, userReply } from '../schemas.ts';

/** `POST /auth/signup` makes an account and logs its owner in. */
export function addSignupRoute(app: Server, { accounts, startSession, guesses, knownDevice }: AppContext): void {
  const schema = { body: signupBody, response: { 201: userReply } };
  // Here, as a body that its schema refuses never reaches the handler.
  app.post('/auth/signup', { schema, onError: trackFailure }, async (request, reply) => {
    accounts.checkNewPassword(request.body);
    // The answer tells whether an e-mail address has an account.
    const email = normalizeEmail(request.body.email);
    await guesses.admitSignUp(request, reply, email);
    const user = await accounts.signUp(request.body);
    await guesses.signedUp(request, email);
    knownDevice.remember(reply, user);
    await startSession(reply, user);
    const { referer } = request.headers;
    trackEvent('signup_completed', user.id, {
      email: user.email,
      signup_method: 'email',
      plan: user.plan,
      ...(referer !== undefined && { source: referer }),
    });
    identifyUser(user.id, {
      $email: user.email,
      ...(user.name !== null && { $name: user.name }),
      $created: user.createdAt.toISOString(),
      plan: user.plan,
      total_qrs_created: 0,
    });
    return reply.code(201).send(toUserReply(user));
  });
}

async function trackFailure(
  request: Parameters<typeof visitorId>[0],
  reply: FastifyReply,
  error: unknown,
): Promise<void> {
  const statusCode = statusOfError(error, reply);
  const reason = statusCode >= 500 ? 'server_error' : REASONS[statusCode];
  if (reason) trackEvent('signup_failed', visitorId(request), { reason });
}

/** Other refusals, such as 429, are no failure to sign up. */
const REASONS: Readonly<Record<number, 'invalid' | 'email_taken'>> = { 400: 'invalid', 409: 'email_taken' };

import { identifyUser, type Server, trackEvent } from '@qr/common';
import type { AppContext } from '../app.ts';
import { signupBody, toUserReply, userReply } from '../schemas.ts';

/** `POST /auth/signup` makes an account and logs its owner in. */
export function addSignupRoute(app: Server, { accounts, startSession }: AppContext): void {
  app.post('/auth/signup', { schema: { body: signupBody, response: { 201: userReply } } }, async (request, reply) => {
    const user = await accounts.signUp(request.body);
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

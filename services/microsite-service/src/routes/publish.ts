import { type Server, statusOfError, trackEvent } from '@qr/common';
import type { AppContext } from '../app.ts';
import { idParams, micrositeReply, toMicrositeReply } from '../schemas.ts';

/** `POST /microsites/:id/publish` shows visitors the draft as it is now. */
export function addPublishRoute(app: Server, { microsites, sessions }: AppContext): void {
  app.post(
    '/microsites/:id/publish',
    {
      schema: { params: idParams, response: { 200: micrositeReply } },
      async onError(request, reply, error) {
        const session = sessions.read(request);
        const reason = failureReason(statusOfError(error, reply));
        if (!session || !reason) return;
        trackEvent('microsite_publish_failed', session.userId, { microsite_id: request.params.id, reason });
      },
    },
    async (request) => {
      const { userId } = sessions.require(request);
      const microsite = await microsites.publish(userId, request.params.id);
      trackEvent('microsite_published', userId, { microsite_id: microsite.id, link_count: microsite.links.length });
      return toMicrositeReply(microsite, microsites.url(microsite));
    },
  );
}

/** Refusals that are no failure to publish, such as 404, have none. */
function failureReason(statusCode: number): 'no_links' | 'server_error' | undefined {
  if (statusCode >= 500) return 'server_error';
  return statusCode === 409 ? 'no_links' : undefined;
}

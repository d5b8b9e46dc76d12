import { addBreadcrumb, initializeSentry, visitorId } from '../../packages/common/dist/index.js';
import { buildServer } from '../../packages/common/dist/server.js';
import { createDescribeVisitor } from '../../packages/common/dist/visitor.js';
import { createCodeDirectory } from '../../services/routing-service/dist/code-directory.js';
import { createQrServiceClient } from '../../services/routing-service/dist/qr-service-client.js';
import { scanParams } from '../../services/routing-service/dist/schemas.js';

/** routing-service up to a stage. @param {string} stage */
export async function startStage(stage) {
  const hasHook = stage !== 'floor';
  if (hasHook) initializeSentry('routing-service');
  const app = buildServer({ serviceName: 'routing-service' });
  const directory = createCodeDirectory({
    fetchCode: createQrServiceClient({ url: process.env.QR_SERVICE_URL, serviceToken: process.env.SERVICE_TOKEN }),
    onStandIn() {},
  });
  const describeVisitor = stage === 'enrichment' ? createDescribeVisitor() : undefined;
  const options = { schema: { params: scanParams }, attachValidation: true };
  app.get('/scan/:qrId', options, (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { qrId } = request.params;
    if (hasHook) addBreadcrumb('QR scan started', { qrId });
    const known = directory.recall(qrId);
    if (known) return answer(request, reply, known);
    return directory.find(qrId).then((found) => {
      answer(request, reply, found);
      return reply;
    });
  });
  function answer(request, reply, found) {
    reply.redirect(found.code.destinationUrl, 302);
    if (!describeVisitor) return;
    const visitor = { ip: request.ip, headers: request.headers };
    // Kept, so that none of it is left out as useless.
    request.visitor = { id: visitorId(visitor), ...describeVisitor(visitor) };
  }
  await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
}

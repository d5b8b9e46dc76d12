import { withRequestContext } from '@qr/server/request-context';
import { sellBook, telemetry } from './bookshop.ts';

/** The parts of an event of API Gateway that are used here. */
interface HttpEvent {
  readonly routeKey: string;
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly pathParameters: { readonly isbn: string };
  readonly requestContext: { readonly http: { readonly method: string; readonly sourceIp: string } };
}

interface HttpResult {
  readonly statusCode: number;
  readonly body: string;
}

export async function handler(event: HttpEvent): Promise<HttpResult> {
  const { routeKey, rawPath, headers, pathParameters, requestContext } = event;
  const { method, sourceIp } = requestContext.http;
  // The route key is `POST /orders/{isbn}`.
  const request = { method, url: rawPath, route: routeKey.split(' ')[1], headers, ip: sourceIp };
  const result = await withRequestContext(telemetry, request, async (context) => {
    try {
      await sellBook(headers['x-customer'] ?? '', pathParameters.isbn);
      return { statusCode: 201, body: '{}' };
    } catch (error) {
      context.fail(error);
      context.end(500);
      return { statusCode: 500, body: JSON.stringify({ errorId: context.errorId() }) };
    }
  });
  // The platform freezes the process after the answer: send first, but make nobody wait for a slow receiver.
  await telemetry.flush(500);
  return result;
}

// Lambda calls the handler; from a shell it gets the events given as arguments.
for (const event of process.argv.slice(2)) console.log(JSON.stringify(await handler(JSON.parse(event))));

// For HEALTHCHECK, in an image without curl. Asks whether the process lives, not whether it is ready: whoever acts on it ends the process, and
// a database that is away would end them all. A service listens only when its database is there, so until then it is not healthy either.
const url = `http://127.0.0.1:${process.env['PORT']}/health/live`;
try {
  const { status } = await fetch(url);
  console.log(`${url} answers ${status}`);
  process.exitCode = status === 200 ? 0 : 1;
} catch (error) {
  console.log(`${url} does not answer: ${error instanceof Error ? (error.cause ?? error) : error}`);
  process.exitCode = 1;
}

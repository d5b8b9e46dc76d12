/** A trivial route, and the same that fails. */
export function addRoutes(app) {
  app.get('/codes/:id', async (request) => ({ id: request.params.id, scans: 12 }));
  app.get('/failing/:id', async () => {
    throw new Error('The storage of codes is not reachable');
  });
}

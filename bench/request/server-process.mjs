// One server in a process of its own, so that its CPU is its own. Commands come over IPC.
process.once('message', async (settings) => {
  Object.assign(process.env, settings.env);
  const { start } = await import(`./servers/${settings.server}.mjs`);
  const { app, stats } = await start(settings);
  await app.listen({ port: 0, host: '127.0.0.1' });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send({ cpuUs: user + system, rssBytes: process.memoryUsage.rss(), stats: stats?.() });
  });
  process.send({ port: app.server.address().port });
});
process.on('disconnect', () => process.exit());

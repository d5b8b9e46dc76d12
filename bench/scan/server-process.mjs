// One variant in a process of its own, so that its CPU is its own. Commands come over IPC.
process.once('message', async ({ stage, env }) => {
  Object.assign(process.env, env);
  if (stage === 'service') {
    const dist = '../../services/routing-service/dist';
    await import(`${dist}/instrument.js`);
    await import(`${dist}/main.js`);
  } else {
    const { startStage } = await import('./stage.mjs');
    await startStage(stage);
  }
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send({ cpuUs: user + system, rssBytes: process.memoryUsage.rss() });
  });
  process.send({ ready: true });
});

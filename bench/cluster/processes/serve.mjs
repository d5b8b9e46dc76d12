/** Answers the parent's commands, and ends with it. `cpuSeconds` is there in every process. */
export function serve(commands) {
  const all = { ...commands, cpuSeconds };
  process.on('message', async ({ id, command, argument }) => {
    process.send({ id, value: await all[command](argument) });
  });
  process.on('disconnect', () => process.exit());
}

/** Of this process so far, helper threads included. */
function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

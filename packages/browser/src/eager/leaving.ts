const tasks: (() => void)[] = [];

/**
 * Runs a task each time the page is being left and may not come back. On phones a page that is hidden is often never heard of again
 * (https://developer.mozilla.org/docs/Web/API/Document/visibilitychange_event). The task that came last runs first: it may have something to say to
 * those before it, which send it.
 */
export function whenLeft(task: () => void): void {
  if (tasks.unshift(task) > 1) return;
  const leave = () => {
    for (const each of tasks) each();
  };
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) leave();
  });
}

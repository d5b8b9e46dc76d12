/** One resource that is asked for again when something has changed. */
export interface Reader {
  /** Asks again soon; many calls become one request. */
  refresh(): void;
  stop(): void;
}

/** Calls `load` at once, and after each `refresh`: never twice at a time, and with a pause between. */
export function keepFresh(load: () => Promise<void>, pauseMs: number): Reader {
  let isBusy = false;
  let isStale = false;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = async (): Promise<void> => {
    timer = undefined;
    isBusy = true;
    isStale = false;
    await load();
    isBusy = false;
    if (isStale) schedule();
  };
  const schedule = (): void => {
    if (!isStopped) timer ??= setTimeout(() => void run(), pauseMs);
  };
  void run();
  return {
    refresh() {
      if (isBusy) isStale = true;
      else schedule();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

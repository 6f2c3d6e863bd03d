/** Work that is done one at a time: whoever asks while it runs waits for the one that begins after. */
export function createLatch(): { run(work: () => Promise<void>): Promise<void> } {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  return {
    run(work) {
      if (next !== null) return next;
      if (running === null) {
        running = work().finally(() => void (running = null));
        return running;
      }
      const start = () => {
        next = null;
        running = work().finally(() => void (running = null));
        return running;
      };
      next = running.then(start, start);
      return next;
    },
  };
}

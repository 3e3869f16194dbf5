/**
 * Lets timers, events and other promises run. By a message, as browsers hold every timer back by 4 ms once several
 * follow each other.
 */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

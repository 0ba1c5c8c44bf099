/**
 * What `promise` comes to, or a rejection with the signal's reason as soon as `signal` aborts: for waits that may not heed
 * the signal themselves. What a promise that was given up comes to later is nobody's concern.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

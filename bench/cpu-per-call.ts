import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/**
 * CPU time that a call costs this process, in microseconds: the mean over `calls` of them, `inFlight` at a time. What was
 * measured before has left garbage and cold caches: each measurement begins with a collection and with calls that do not count.
 */
export async function cpuPerCall(call: () => Promise<unknown>, calls: number, inFlight: number): Promise<number> {
  await inParallel(call, Math.ceil(calls / 5), inFlight);
  collectGarbage();
  const before = process.cpuUsage();
  await inParallel(call, calls, inFlight);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

async function inParallel(call: () => Promise<unknown>, calls: number, inFlight: number): Promise<void> {
  let left = calls;
  const lane = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

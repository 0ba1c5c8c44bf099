import { readFile } from 'node:fs/promises';

/** Linux counts the CPU time of processes in hundredths of a second. */
const ticksPerSecond = 100;

/** CPU time of a process so far, user and system, in seconds. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export async function cpuSeconds(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [userTicks, systemTicks] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(userTicks) + Number(systemTicks)) / ticksPerSecond;
}

/** Resident memory of a process now, and the most that it has been. */
export async function residentMebibytes(pid: number | undefined): Promise<{ now: number; peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { now: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
}

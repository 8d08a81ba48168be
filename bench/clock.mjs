/**
 * Processor time of this process in milliseconds: what other programs take from the core in between is not counted.
 * (`process.threadCpuUsage` would be closer still, but advances in steps of a scheduler tick.)
 */
export function clock() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

import type { Xclbin } from './read.ts';

/**
 * The memory bank whose buffers an argument takes: the low 16 bits of what XRT's `kernel.group_id(argIndex)` returns
 * (FORMATS.md 1.6). GROUP_CONNECTIVITY counts before CONNECTIVITY, and the highest of several banks wins. Undefined
 * for a scalar, an argument that does not exist, or a kernel without a compute unit: XRT then gives 0xffff.
 */
export function memoryGroup(xclbin: Xclbin, kernelName: string, argIndex: number): number | undefined {
  const grouped = xclbin.groupConnectivity !== undefined && xclbin.groupTopology !== undefined;
  const connections = (grouped ? xclbin.groupConnectivity : xclbin.connectivity) ?? [];
  const units = new Set<number>();
  for (const [index, unit] of (xclbin.ipLayout ?? []).entries()) {
    if (unit.name.startsWith(`${kernelName}:`)) units.add(index);
  }
  let group: number | undefined;
  for (const { argIndex: index, ipLayoutIndex, memDataIndex } of connections) {
    if (index === argIndex && units.has(ipLayoutIndex)) group = Math.max(group ?? 0, memDataIndex);
  }
  return group;
}

import { describe, expect, it } from 'vitest';
import { buildNpuXclbin, memoryGroup, readXclbin } from './index.ts';

const xclbin = readXclbin(buildNpuXclbin({ columns: 4, pdi: Uint8Array.of(1) }), 'k');

describe('memoryGroup', () => {
  it('is what XRT gives for a kernel of mlir-aie', () => {
    // group_id(0..8) of XRT 2.25 without the context slot (facts/xrt.md); undefined is its 0xffff.
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((index) => memoryGroup(xclbin, 'MLIR_AIE', index))).toEqual([
      undefined,
      1,
      undefined,
      0,
      0,
      0,
      0,
      0,
      undefined,
    ]);
  });

  it('is undefined for a kernel that is not there', () => {
    expect(memoryGroup(xclbin, 'MLIR', 3)).toBeUndefined();
  });

  it('prefers groups and takes the highest bank', () => {
    const groups = [1, 3, 2].map((memDataIndex) => ({ argIndex: 3, ipLayoutIndex: 0, memDataIndex }));
    expect(memoryGroup({ ...xclbin, groupConnectivity: groups }, 'MLIR_AIE', 3)).toBe(3);
    expect(
      memoryGroup({ ...xclbin, groupConnectivity: groups, groupTopology: undefined }, 'MLIR_AIE', 3),
    ).toBe(0);
    expect(
      memoryGroup({ ...xclbin, groupConnectivity: undefined, connectivity: undefined }, 'MLIR_AIE', 3),
    ).toBe(undefined);
  });
});

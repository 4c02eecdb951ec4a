import { dpuProperties, IP_PS_KERNEL } from '../../xclbin/index.ts';
import type { Evidence } from '../issue.ts';
import type { Rule } from '../rule.ts';

const hex = (id: number): string => `0x${id.toString(16)}`;

/** FORMATS.md 7.1 K2; how the driver chooses the PDI, 1.7. */
export const kernelId: Rule = {
  id: 'TC021',
  name: 'kernel-id',
  severity: 'error',
  summary:
    'The DPU kernel id of a kernel is not the one of IP_LAYOUT, or no CDO group of the partition has it.',
  check({ xclbin }) {
    if (xclbin === undefined) return [];
    const { kernels = [], ipLayout = [], partitions } = xclbin.xclbin;
    const groups = partitions.flatMap(({ pdis }) => pdis).flatMap(({ cdoGroups }) => cdoGroups);
    const ids = [...new Set(groups.flatMap(({ dpuKernelIds }) => dpuKernelIds))];
    return kernels.flatMap(({ name, dpu }) => {
      if (dpu === undefined) return [];
      const evidence: Evidence[] = [];
      if (partitions.length > 0 && !ids.includes(dpu.kernelId)) {
        const has = ids.length === 0 ? 'none' : ids.map(hex).join(', ');
        evidence.push({ file: xclbin.name, text: `the CDO groups of AIE_PARTITION have ${has}` });
      }
      for (const unit of ipLayout) {
        if (unit.type !== IP_PS_KERNEL || !unit.name.startsWith(`${name}:`)) continue;
        const { kernelId: id } = dpuProperties(unit.properties);
        if (id !== dpu.kernelId) {
          evidence.push({ file: xclbin.name, text: `IP_LAYOUT gives ${unit.name} the id ${hex(id)}` });
        }
      }
      if (evidence.length === 0) return [];
      return [
        {
          title: `kernel '${name}' has the DPU kernel id ${hex(dpu.kernelId)}, and the xclbin contradicts it`,
          evidence,
          fix: 'give the kernel one dpu_kernel_id in kernels.json and aie_partition.json; the driver else finds no valid DPU kernel (error 22)',
        },
      ];
    });
  },
};

import { describe, expect, it } from 'vitest';
import { ValueError } from '../../errors.ts';
import { buildNpuXclbin, npuArguments, readXclbin } from './index.ts';

const pdi = Uint8Array.of(1, 2, 3);
const built = (options: Partial<Parameters<typeof buildNpuXclbin>[0]> = {}) =>
  readXclbin(buildNpuXclbin({ columns: 4, pdi, ...options }), 'built');

describe('buildNpuXclbin', () => {
  it('lays out the arguments as mlir-aie does', () => {
    const [kernel] = built().kernels!;
    expect(kernel).toMatchObject({
      name: 'MLIR_AIE',
      type: 'dpu',
      dpu: { subtype: 1, functional: 0, kernelId: 0x901 },
    });
    expect(kernel!.args.map(({ name, qualifier, offset, size }) => [name, qualifier, offset, size])).toEqual([
      ['opcode', 'SCALAR', 0x00, 8],
      ['instr', 'GLOBAL', 0x08, 8],
      ['ninstr', 'SCALAR', 0x10, 4],
      ['bo0', 'GLOBAL', 0x14, 8],
      ['bo1', 'GLOBAL', 0x1c, 8],
      ['bo2', 'GLOBAL', 0x24, 8],
      ['bo3', 'GLOBAL', 0x2c, 8],
      ['bo4', 'GLOBAL', 0x34, 8],
    ]);
    expect(built().connectivity).toEqual([
      { argIndex: 1, ipLayoutIndex: 0, memDataIndex: 1 },
      ...[3, 4, 5, 6, 7].map((argIndex) => ({ argIndex, ipLayoutIndex: 0, memDataIndex: 0 })),
    ]);
  });

  it('follows its options', () => {
    const read = built({
      kernelName: 'K',
      instanceName: 'I',
      args: [...npuArguments(1), { name: 'scale', type: 'float' }],
      columns: 1,
      startColumns: [1, 2, 3, 4],
      pdiUuid: '00112233-4455-6677-8899-aabbccddeeff',
      dpuKernelId: 0x102,
      uuid: 'ffeeddcc-bbaa-9988-7766-554433221100',
      timeStamp: 5,
    });
    expect(read.header).toMatchObject({
      uuid: 'ffeeddcc-bbaa-9988-7766-554433221100',
      timeStamp: 5,
      uniqueId: '0x5',
    });
    expect(read.ipLayout).toMatchObject([{ name: 'K:I', properties: 0x0102_0001 }]);
    expect(read.kernels).toMatchObject([{ name: 'K', instances: ['I'], dpu: { kernelId: 0x102 } }]);
    expect(read.kernels![0]!.args.at(-1)).toEqual({
      id: 4,
      name: 'scale',
      qualifier: 'SCALAR',
      type: 'float',
      offset: 0x1c,
      size: 4,
    });
    expect(read.partitions[0]).toMatchObject({
      columnWidth: 1,
      startColumns: [1, 2, 3, 4],
      pdis: [{ uuid: '00112233-4455-6677-8899-aabbccddeeff', cdoGroups: [{ dpuKernelIds: [0x102] }] }],
    });
  });

  it('gives the same bytes for the same input, and another uuid for another', () => {
    expect(buildNpuXclbin({ columns: 4, pdi })).toEqual(buildNpuXclbin({ columns: 4, pdi: pdi.slice() }));
    const uuids = [built(), built({ columns: 3 }), built({ pdi: Uint8Array.of(1, 2, 4) })].map(
      ({ header }) => header.uuid,
    );
    expect(new Set(uuids).size).toBe(3);
    expect(uuids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('mirrors header and sections as JSON', () => {
    const read = built({ kernelName: 'a/b', uuid: '00112233-4455-6677-8899-aabbccddeeff' });
    const { text } = read.mirror!;
    const mirror = JSON.parse(text);
    expect(mirror.header).toMatchObject({
      Magic: 'xclbin2',
      XclBinUUID: '00112233445566778899aabbccddeeff',
      SignatureLength: 'ffffffff',
    });
    expect(text.split('"section_header"')).toHaveLength(1 + read.sections.length);
    expect(text).toContain('a\\/b:MLIRAIE');
    for (const { offset } of read.sections) expect(text).toContain(`"Offset":"0x${offset.toString(16)}"`);
  });

  it.each([
    [{ dpuKernelId: 0x1000 }, /dpuKernelId is 4096/],
    [{ args: [{ name: 'x', type: 'struct s' }] }, /'x' has the type 'struct s'/],
    [{ columns: 1.5 }, /columnWidth is 1.5/],
    [{ kernelName: 'K'.repeat(70) }, /longer than 63 characters/],
    [{ pdiUuid: 'none' }, /'none' is not a uuid/],
  ])('refuses %o', (options, message) => {
    expect(() => built(options)).toThrow(ValueError);
    expect(() => built(options)).toThrow(message);
  });
});

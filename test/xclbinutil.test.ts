import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildNpuXclbin,
  findSection,
  type NpuArgument,
  npuArguments,
  readXclbin,
  writeXclbin,
} from '../src/artifact/xclbin/index.ts';
import { runInTrixie, trixieMissing, trixieTitle } from './trixie.ts';

const pdi = Uint8Array.from({ length: 1234 }, (_, i) => (i * 7) & 255);
const pdiUuid = '00112233-4455-6677-8899-aabbccddeeff';
const hex = (value: number): string => `0x${value.toString(16)}`;

/** The three JSON files from which mlir-aie lets xclbinutil build an NPU xclbin (FORMATS.md 1.5). */
function toolInputs(args: readonly NpuArgument[], columns: number, startColumns: readonly number[]) {
  const { kernels } = readXclbin(buildNpuXclbin({ columns, pdi, args }), 'for its register map');
  return {
    'main_mem_topology.json': {
      mem_topology: {
        m_count: '2',
        m_mem_data: [
          {
            m_type: 'MEM_DRAM',
            m_used: '1',
            m_sizeKB: '0x10000',
            m_tag: 'HOST',
            m_base_address: '0x4000000',
          },
          { m_type: 'MEM_DRAM', m_used: '1', m_sizeKB: '0xc000', m_tag: 'SRAM', m_base_address: '0x4000000' },
        ],
      },
    },
    'main_kernels.json': {
      'ps-kernels': {
        kernels: [
          {
            name: 'MLIR_AIE',
            type: 'dpu',
            'extended-data': { subtype: 'DPU', functional: '0', dpu_kernel_id: '0x901' },
            arguments: args.map(({ name, type, memory = 'HOST' }, i) => {
              const { offset } = kernels![0]!.args[i]!;
              const buffer = type.endsWith('*');
              return {
                name,
                ...(buffer ? { 'memory-connection': memory } : {}),
                'address-qualifier': buffer ? 'GLOBAL' : 'SCALAR',
                type,
                offset: offset === 0 ? '0x00' : hex(offset),
              };
            }),
            instances: [{ name: 'MLIRAIE' }],
          },
        ],
      },
    },
    'main_aie_partition.json': {
      aie_partition: {
        name: 'QoS',
        operations_per_cycle: '2048',
        inference_fingerprint: '23423',
        pre_post_fingerprint: '12345',
        partition: { column_width: columns, start_columns: startColumns },
        PDIs: [
          {
            uuid: pdiUuid,
            file_name: 'main.pdi',
            cdo_groups: [
              {
                name: 'DPU',
                type: 'PRIMARY',
                pdi_id: '0x01',
                dpu_kernel_ids: ['0x901'],
                pre_cdo_groups: ['0xC1'],
              },
            ],
          },
        ],
      },
    },
  };
}

describe.skipIf(trixieMissing !== undefined)(trixieTitle('against xclbinutil of XRT'), () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tilecheck-xclbinutil-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What xclbinutil prints; its errors fail the test with its own words. */
  function xclbinutil(...args: readonly string[]): string {
    const run = runInTrixie('usr/bin/xclbinutil', args, folder);
    if (run.status !== 0) throw new Error(`xclbinutil failed:\n${run.stdout}${run.stderr}`);
    return run.stdout;
  }
  const put = (name: string, bytes: Uint8Array): void => writeFileSync(join(folder, name), bytes);
  const get = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));

  function toolBuilt(
    name: string,
    args: readonly NpuArgument[],
    columns: number,
    startColumns: readonly number[],
  ) {
    put('main.pdi', pdi);
    for (const [file, content] of Object.entries(toolInputs(args, columns, startColumns))) {
      writeFileSync(join(folder, file), JSON.stringify(content));
    }
    const inputs = [
      ['--add-replace-section', 'MEM_TOPOLOGY:JSON:main_mem_topology.json'],
      ['--add-kernel', 'main_kernels.json'],
      ['--add-replace-section', 'AIE_PARTITION:JSON:main_aie_partition.json'],
    ].flat();
    xclbinutil(...inputs, '--force', '--quiet', '--output', name);
    return get(name);
  }

  it('shows an xclbin of ours', () => {
    const ours = buildNpuXclbin({ columns: 4, pdi, kernelName: 'MY_KERNEL' });
    put('ours.xclbin', ours);
    const info = xclbinutil('--info', '--input', 'ours.xclbin');
    expect(info).toContain('Version:                2.25.0');
    expect(info).toContain(`UUID (xclbin):          ${readXclbin(ours, 'ours').header.uuid}`);
    expect(info.replace(/\s+/g, ' ')).toContain(
      'MEM_TOPOLOGY, AIE_PARTITION, EMBEDDED_METADATA, IP_LAYOUT, CONNECTIVITY, GROUP_CONNECTIVITY, GROUP_TOPOLOGY',
    );
    expect(info).toMatch(/Name: +SRAM/);
  });

  it('refuses a section of ours that is cut short, and so do we', () => {
    const ours = readXclbin(buildNpuXclbin({ columns: 4, pdi }), 'ours');
    const sections = ours.sections.map(({ kind, name, bytes, kindName }) => {
      const shorter = kindName === 'MEM_TOPOLOGY' ? bytes.subarray(0, -1) : bytes;
      return { kind, name, bytes: shorter };
    });
    put('broken.xclbin', writeXclbin({ header: ours.header, sections }));
    expect(() => xclbinutil('--info', '--input', 'broken.xclbin')).toThrow(
      /does not match expected section size/,
    );
    expect(() => readXclbin(get('broken.xclbin'), 'broken')).toThrow(/2 memory banks of 40 bytes cannot lie/);
  });

  it('dumps what we put in', () => {
    put(
      'ours.xclbin',
      buildNpuXclbin({ columns: 2, startColumns: [1, 3], pdi, pdiUuid, dpuKernelId: 0x123 }),
    );
    xclbinutil(
      ...['--input', 'ours.xclbin', '--force'],
      ...['--dump-section', 'AIE_PARTITION:JSON:partition.json'],
      ...['--dump-section', 'IP_LAYOUT:JSON:ip_layout.json'],
      ...['--dump-section', 'GROUP_CONNECTIVITY:JSON:groups.json'],
    );
    const dumped = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect(dumped('partition.json')).toMatchObject({
      aie_partition: {
        operations_per_cycle: '2048',
        partition: { column_width: '2', start_columns: ['1', '3'] },
        PDIs: [
          {
            uuid: pdiUuid,
            cdo_groups: [{ name: 'DPU', type: 'PRIMARY', pdi_id: '0x1', dpu_kernel_ids: ['0x123'] }],
          },
        ],
      },
    });
    expect(dumped('ip_layout.json')).toMatchObject({
      ip_layout: { m_ip_data: [{ m_type: 'IP_PS_KERNEL', m_subtype: 'DPU', m_kernel_id: '0x123' }] },
    });
    expect(dumped('groups.json')).toMatchObject({ group_connectivity: { m_count: '12' } });
    expect(get(`${pdiUuid}.pdi`)).toEqual(pdi);
  });

  it('re-writes an xclbin of ours without changing a section', () => {
    const ours = buildNpuXclbin({ columns: 4, pdi });
    put('ours.xclbin', ours);
    xclbinutil('--input', 'ours.xclbin', '--output', 'again.xclbin', '--force', '--skip-uuid-insertion');
    const again = readXclbin(get('again.xclbin'), 'again.xclbin');
    expect(again.sections).toEqual(readXclbin(ours, 'ours.xclbin').sections);
  });

  it.each([
    ['mlir-aie', npuArguments(), 4, [0]],
    ['one column', npuArguments(3), 1, [1, 2, 3, 4]],
    [
      'other types',
      [...npuArguments(1), { name: 'scale', type: 'float' }, { name: 'n', type: 'int32_t' }],
      2,
      [0],
    ],
  ] as const)('builds the same file as we do: %s', (title, args, columns, startColumns) => {
    const theirs = toolBuilt(`${title.replace(' ', '_')}.xclbin`, args, columns, startColumns);
    const read = readXclbin(theirs, 'theirs');
    const { uuid, timeStamp } = read.header;
    expect(
      Buffer.from(buildNpuXclbin({ columns, startColumns, args, pdi, pdiUuid, uuid, timeStamp })),
    ).toEqual(Buffer.from(theirs));
    expect(writeXclbin(read)).toEqual(theirs);
    expect(read.loose).toEqual([]);
  });

  it('adds BUILD_METADATA and a key that we read', () => {
    put('ours.xclbin', buildNpuXclbin({ columns: 4, pdi }));
    const metadata = { build_metadata: { dsa: { name: 'none' }, xclbin: { user_regions: [] } } };
    writeFileSync(join(folder, 'build.json'), JSON.stringify(metadata));
    xclbinutil(
      ...['--input', 'ours.xclbin', '--output', 'more.xclbin', '--force'],
      ...['--add-section', 'BUILD_METADATA:JSON:build.json', '--key-value', 'USER:built:here'],
    );
    const read = readXclbin(get('more.xclbin'), 'more.xclbin');
    expect(JSON.parse(read.buildMetadata!)).toMatchObject({
      build_metadata: { xclbin: { packaged_by: { name: 'xclbinutil' } } },
    });
    expect(new TextDecoder().decode(findSection(read, 'KEYVALUE_METADATA')!.bytes)).toContain('built');
    expect(writeXclbin(read)).toEqual(get('more.xclbin'));
  });

  it('appends a user signature that we refuse, as XRT does', () => {
    put('ours.xclbin', buildNpuXclbin({ columns: 4, pdi }));
    xclbinutil(
      '--input',
      'ours.xclbin',
      '--output',
      'signed.xclbin',
      '--force',
      '--add-signature',
      'someone',
    );
    expect(() => readXclbin(get('signed.xclbin'), 'signed.xclbin')).toThrow(/the header says \d+ bytes/);
  });
});

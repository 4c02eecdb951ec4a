import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { KernelArtifact } from '../../device/index.ts';
import { artifactDigest } from './digest.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'tilecheck-digest-'));
  for (const folder of ['here/kernel', 'here/common'])
    mkdirSync(path.join(root, folder), { recursive: true });
  writeFileSync(path.join(root, 'here/kernel/core.c'), '#include "../common/half.h"\nint f(void);\n');
  writeFileSync(path.join(root, 'here/common/half.h'), 'int half(int);\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const artifact = (place = 'here'): KernelArtifact => ({
  name: 'f',
  core: {
    source: path.join(root, place, 'kernel/core.c'),
    entry: 'f',
    cores: 1,
    stackSize: 1024,
    bufferDepth: 2,
  },
  buffers: [{ name: 'x', direction: 'in', bytes: 64 }],
});

it('does not depend on where the sources lie', async () => {
  cpSync(path.join(root, 'here'), path.join(root, 'there'), { recursive: true });
  expect(await artifactDigest(artifact('there'))).toBe(await artifactDigest(artifact()));
  expect(await artifactDigest(artifact())).toMatch(/^[0-9a-f]{64}$/);
});

it('changes with source, headers, tile and buffers', async () => {
  const { core, buffers, name } = artifact();
  const variants: KernelArtifact[] = [
    artifact(),
    { name, core: { ...core, entry: 'g' }, buffers },
    { name, core: { ...core, cores: 4 }, buffers },
    { name, core: { ...core, stackSize: 2048 }, buffers },
    { name, core: { ...core, bufferDepth: 1 }, buffers },
    { name, core, buffers: [{ name: 'x', direction: 'out', bytes: 64 }] },
    { name, core, buffers: [{ name: 'x', direction: 'in', bytes: 68 }] },
  ];
  const digests = await Promise.all(variants.map(artifactDigest));
  writeFileSync(path.join(root, 'here/common/half.h'), 'int half(int x);\n');
  digests.push(await artifactDigest(artifact()));
  writeFileSync(path.join(root, 'here/kernel/core.c'), '#include "../common/half.h"\nint g(void);\n');
  digests.push(await artifactDigest(artifact()));
  expect(new Set(digests).size).toBe(variants.length + 2);
});

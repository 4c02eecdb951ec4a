import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { discover } from './discover.ts';
import { kernelSource, Project } from './testing/project.ts';

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

describe('discover', () => {
  it('finds kernel files at any depth, in TypeScript and JavaScript', async () => {
    const plain = kernelSource('c').replace(/: Tensor|, type Tensor/g, '');
    project.write({
      'kernels/a/kernel.ts': kernelSource('a'),
      'kernels/deep/er/kernel.mts': kernelSource('b'),
      'kernels/c/kernel.mjs': plain,
      'kernels/d/kernel.js': plain.replace("'c'", "'d'"),
      'kernels/a/node_modules/x/kernel.ts': kernelSource('not_this'),
      'kernels/a/other.ts': 'throw new Error("not a kernel file")',
    });
    const { kernels, broken } = await discover(project.dir);
    expect(broken).toEqual([]);
    expect(kernels.map(({ spec, file }) => [spec.name, file])).toEqual([
      ['a', path.join('kernels', 'a', 'kernel.ts')],
      ['c', path.join('kernels', 'c', 'kernel.mjs')],
      ['d', path.join('kernels', 'd', 'kernel.js')],
      ['b', path.join('kernels', 'deep', 'er', 'kernel.mts')],
    ]);
    expect(kernels[0]!.spec.artifact.dir).toBe(path.join(project.dir, 'kernels', 'a'));
  });

  it('gives kernels this very copy of tilecheck, also through files they import', async () => {
    project.write({
      'kernels/a/parts.ts': `import { ValueError } from 'tilecheck'; import { gelu } from 'tilecheck/reference';
        export const fail = () => { throw new ValueError('bad ' + typeof gelu.ideal, 'mend it'); };`,
      'kernels/a/kernel.ts': `import { fail } from './parts.ts'; fail();`,
    });
    const { broken } = await discover(project.dir);
    expect(broken).toHaveLength(1);
    expect(broken[0]!.error).toBeInstanceOf(ValueError);
    expect(broken[0]).toMatchObject({ name: 'a', error: { message: 'bad function', hint: 'mend it' } });
  });

  it.each([
    ['a syntax error', 'export const x = {{;', /ParseError/],
    ['an exception', 'throw new Error("at load")', /at load/],
    ['a missing import', `import './missing.ts'`, /missing\.ts/],
    ['a description that contradicts itself', kernelSource('9 lives'), /kernel name/],
    ['no kernel', 'export const x = 1', /exports no kernel/],
  ])('reports a file with %s and loads the others', async (_, source, message) => {
    project.write({ 'kernels/bad/kernel.ts': source, 'kernels/good/kernel.ts': kernelSource('good') });
    const { kernels, broken } = await discover(project.dir);
    expect(kernels.map(({ spec }) => spec.name)).toEqual(['good']);
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatchObject({ name: 'bad', file: path.join('kernels', 'bad', 'kernel.ts') });
    expect(String(broken[0]!.error)).toMatch(message);
  });

  it('refuses two kernels of one name, naming both files', async () => {
    project.write({
      'kernels/a/kernel.ts': kernelSource('same'),
      'kernels/b/kernel.ts': kernelSource('same'),
    });
    await expect(discover(project.dir)).rejects.toThrow(
      /'same': in kernels.a.kernel\.ts and kernels.b.kernel\.ts/,
    );
  });

  it('takes a kernel that two files export for one', async () => {
    project.write({
      'kernels/a/kernel.ts': kernelSource('same'),
      'kernels/b/kernel.ts': `export { kernel } from '../a/kernel.ts'; export { kernel as again } from '../a/kernel.ts';`,
    });
    expect((await discover(project.dir)).kernels).toHaveLength(1);
  });

  it('says where kernels belong when there are none', async () => {
    await expect(discover(project.dir)).rejects.toMatchObject({
      message: `no folder 'kernels' in ${project.dir}`,
      hint: expect.stringContaining('--kernels'),
    });
    project.write({ 'kernels/readme.md': '' });
    await expect(discover(project.dir)).rejects.toThrow("no kernel.ts below 'kernels'");
    await expect(discover(project.dir, 'kernels/readme.md')).rejects.toThrow("no folder 'kernels/readme.md'");
  });
});
